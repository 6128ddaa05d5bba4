import pytest
from django.core import mail
from django.test import Client

from tests.conftest import PASSWORD


@pytest.mark.parametrize(
    "typed",
    [
        "a@" + "\ufdfa" * 20 + ".org",
        "alice@exam\u200bple.org",
        "a@evil\uff20example.org",
        "a\0@example.org",
        "a@[::1]",
        "x" * 10_000 + "@example.org",
        "\ufdfa" * 10_000,
    ],
    ids=lambda typed: ascii(typed)[:24],
)
def test_what_is_not_an_email_address_is_refused_on_every_page(
    browser: Client, typed: str
) -> None:
    """C01, C02, C04."""
    forms = {
        "/accounts/password_reset/": {"email": typed},
        "/accounts/email_change/": {"email": typed, "password": PASSWORD},
    }
    for path, form in forms.items():
        page = browser.post(path, form)
        assert page.status_code == 200, path
        assert list(page.context["form"].errors) == ["email"]
    page = Client().post("/accounts/login/", {"username": typed, "password": PASSWORD})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert mail.outbox == []
