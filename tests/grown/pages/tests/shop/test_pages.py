import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from shop.models import Order
from tests.conftest import PASSWORD


@pytest.fixture
def browser(user: User) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"username": user.email, "password": PASSWORD})
    return browser


def test_orders_are_shown_to_their_owner(browser: Client, user: User) -> None:
    assert browser.get("/orders/newest/").content == b"None yet"
    order = Order.objects.create(owner=user, title="Tea")

    for path in ("/orders/", f"/orders/{order.pk}/", "/orders/newest/"):
        assert b"Tea" in browser.get(path).content
        assert Client().get(path).status_code == 302


def test_prices_are_public(db: None) -> None:
    assert Client().get("/orders/prices/").status_code == 200


def test_orders_are_in_the_admin(browser: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    assert browser.get(f"/{settings.ADMIN_URL}shop/order/").status_code in {200, 302}
