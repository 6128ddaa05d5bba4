from django.test import Client
from django.urls import reverse


def test_password_managers_are_led_to_the_page(db: None) -> None:
    response = Client().get("/.well-known/change-password")

    assert response.status_code == 302
    assert response.headers["Location"] == reverse("password_change")
