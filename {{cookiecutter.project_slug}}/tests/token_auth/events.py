"""Events that end sign-ins, each as a function of two sign-ins of one user."""

from collections.abc import Callable

from pytest_django import Settings

from accounts.models import User
from tests.conftest import PASSWORD, Changes, mailed_link
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, claims, client, refresh, sign_in
from token_auth import keys


class TwoSignIns(Changes):
    """Two sign-ins of one user, with methods for the events."""

    def __init__(self, user: User, settings: Settings) -> None:
        super().__init__(user, settings)
        self.pair, self.other = sign_in(user), sign_in(user)
        self.http = client(self.pair["access"])

    def post(self, path: str, **body: str) -> None:
        assert self.http.post(path, body).status_code in {202, 204}

    def delete(self, path: str) -> None:
        assert self.http.delete(path).status_code == 204

    def use_an_old_refresh_token(self) -> None:
        self.pair = auth.present_an_old_token(self.pair)

    def follow_the_reset_link(self) -> None:
        self.post(auth.PASSWORD_RESET, email=self.user.email)
        self.post(
            auth.PASSWORD_CONFIRM, new_password=auth.NEW_PASSWORD, **mailed_link("password_reset")
        )

    def move_to_another_address(self) -> None:
        self.post(auth.EMAIL_CHANGE, email="ada@example.org", password=PASSWORD)
        self.post(auth.EMAIL_VERIFY, **mailed_link("verify_email"))
        assert User.objects.get(pk=self.user.pk).email == "ada@example.org"

    def change_the_signing_key(self, *, keep: bool) -> None:
        old = self.settings.JWT_SIGNING_KEYS if keep else {}
        self.settings.JWT_SIGNING_KEYS = {"new": keys.generate("HS256"), **old}

    def move_the_service(self) -> None:
        """E17: what the settings make of the variable."""
        for name in ("PUBLIC_BASE_URL", "JWT_ISSUER", "JWT_AUDIENCE"):
            setattr(self.settings, name, "https://moved.example.com")


EVENTS: dict[str, Callable[[TwoSignIns], object]] = {
    "revoking the refresh token": lambda it: it.post(auth.REVOKE, refresh=it.pair["refresh"]),
    "using an old refresh token": TwoSignIns.use_an_old_refresh_token,
    "signing out everywhere": lambda it: it.delete(auth.SIGN_INS),
    "signing out everywhere else": lambda it: it.delete(f"{auth.SIGN_INS}?keep=current"),
    "revoking another in the list": lambda it: it.delete(
        f"{auth.SIGN_INS}{claims(it.other['access'])['sid']}/"
    ),
    "changing the password": lambda it: it.post(
        auth.PASSWORD_CHANGE, current_password=PASSWORD, new_password=auth.NEW_PASSWORD
    ),
    "setting a password with a link": TwoSignIns.follow_the_reset_link,
    "confirming a new email address": TwoSignIns.move_to_another_address,
    "changing the name": lambda it: it.http.patch(auth.ME, {"name": "Countess"}),
    "deactivating the user": lambda it: it.change(is_active=False),
    "deleting the user": lambda it: it.user.delete(),
    "granting or removing a role": lambda it: it.change(is_staff=True),
    "a new `SECRET_KEY`, the old one in `SECRET_KEY_FALLBACKS`": lambda it: it.change_the_secret(
        fallback=True
    ),
    "a new `SECRET_KEY` alone": lambda it: it.change_the_secret(fallback=False),
    "a new signing key in front of the old one": lambda it: it.change_the_signing_key(keep=True),
    "the old signing key removed": lambda it: it.change_the_signing_key(keep=False),
    "another `PUBLIC_BASE_URL`, the issuer of tokens": TwoSignIns.move_the_service,
}


def fate(pair: Pair) -> str:
    """Return whether the tokens of a pair remain valid or were ended together."""
    lives = accepts_access(pair)
    assert (refresh(pair) is not None) is lives
    return "remains" if lives else "ends"
