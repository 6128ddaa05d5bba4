"""Events that end sign-ins, each as a function of two sign-ins of one user."""

from collections.abc import Callable

from pytest_django import Settings

from accounts.models import User
from tests.conftest import Changes
from tests.session_auth import conftest as pages
from tests.session_auth.conftest import log_in

SIGN_INS = "/accounts/sign-ins/"


class TwoBrowsers(Changes):
    """Two browsers of one user, and what is needed to do something to them."""

    def __init__(self, user: User, settings: Settings) -> None:
        super().__init__(user, settings)
        self.browser, self.other = log_in(user), log_in(user)

    def post(self, path: str, **form: str) -> None:
        assert self.browser.post(path, form).status_code == 302

    def follow_the_reset_link(self) -> None:
        pages.request_reset(self.user.email)
        assert pages.reset_password(*pages.open_reset_form()).status_code == 302

    def move_to_another_address(self) -> None:
        assert pages.change_email(self.browser).status_code == 302
        self.post(pages.link_in_mail())
        assert User.objects.get(pk=self.user.pk).email == "ada@example.org"


EVENTS: dict[str, Callable[[TwoBrowsers], object]] = {
    "signing out": lambda it: it.post("/accounts/logout/"),
    "signing out everywhere": lambda it: it.post(f"{SIGN_INS}revoke-all/"),
    "signing out everywhere else": lambda it: it.post(f"{SIGN_INS}revoke-all/", others="1"),
    "revoking another in the list": lambda it: it.post(
        f"{SIGN_INS}{it.other.session['sign_in']}/revoke/"
    ),
    "changing the password": lambda it: pages.change_password(it.browser),
    "setting a password with a link": TwoBrowsers.follow_the_reset_link,
    "confirming a new email address": TwoBrowsers.move_to_another_address,
    "changing the name": lambda it: it.post("/accounts/profile/", name="Countess"),
    "deactivating the user": lambda it: it.change(is_active=False),
    "deleting the user": lambda it: it.user.delete(),
    "granting or removing a role": lambda it: it.change(is_staff=True),
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": lambda it: it.change_the_secret(
        fallback=True
    ),
    "a new `SECRET_KEY` alone": lambda it: it.change_the_secret(fallback=False),
}
