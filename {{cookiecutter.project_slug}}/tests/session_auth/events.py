"""Events that end sign-ins, each as a function of two sign-ins of one user."""

from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn

NEW = "the tide comes in at six"
SIGN_INS = "/accounts/sign-ins/"


class TwoBrowsers:
    """Two browsers of one user, and what is needed to do something to them."""

    def __init__(self, user: User, settings: Settings, sign_in: SignIn) -> None:
        self.user, self.settings = user, settings
        self.browser, self.other = sign_in(user), sign_in(user)

    def post(self, path: str, **form: str) -> None:
        assert self.browser.post(path, form).status_code == 302

    def change(self, **values: Any) -> None:
        user = User.objects.get()
        for name, value in values.items():
            setattr(user, name, value)
        user.save()

    def end_the_other(self) -> None:
        self.post(f"{SIGN_INS}{self.other.session['sign_in']}/revoke/")

    def change_the_password(self) -> None:
        form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
        self.post("/accounts/password_change/", **form)

    def follow_the_reset_link(self) -> None:
        visitor = Client()
        visitor.post("/accounts/password_reset/", {"email": self.user.email})
        page = visitor.get(link_in_mail("/accounts/reset/"))["Location"]
        form = {"new_password1": NEW, "new_password2": NEW}
        assert visitor.post(page, form).status_code == 302

    def move_to_another_address(self) -> None:
        self.post("/accounts/email_change/", email="ada@example.org", password=PASSWORD)
        self.post(link_in_mail("/accounts/verify-email/"))
        assert User.objects.get().email == "ada@example.org"

    def change_the_secret(self, *, fallback: bool) -> None:
        self.settings.SECRET_KEY_FALLBACKS = [self.settings.SECRET_KEY] if fallback else []
        self.settings.SECRET_KEY = "another-" + "y" * 60


def link_in_mail(start: str) -> str:
    body = str(mail.outbox[-1].body)
    return next(word for word in body.split() if start in word).partition("//testserver")[2]


EVENTS: dict[str, Callable[[TwoBrowsers], object]] = {
    "signing out": lambda it: it.post("/accounts/logout/"),
    "signing out everywhere": lambda it: it.post(f"{SIGN_INS}revoke-all/"),
    "signing out everywhere else": lambda it: it.post(f"{SIGN_INS}revoke-all/", others="1"),
    "ending another in the list": TwoBrowsers.end_the_other,
    "changing the password": TwoBrowsers.change_the_password,
    "setting a password by a link": TwoBrowsers.follow_the_reset_link,
    "confirming another address": TwoBrowsers.move_to_another_address,
    "changing the name": lambda it: it.post("/accounts/profile/", name="Countess"),
    "deactivating the user": lambda it: it.change(is_active=False),
    "deleting the user": lambda it: it.user.delete(),
    "giving or taking a role": lambda it: it.change(is_staff=True),
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": lambda it: it.change_the_secret(
        fallback=True
    ),
    "a new `SECRET_KEY` alone": lambda it: it.change_the_secret(fallback=False),
}
