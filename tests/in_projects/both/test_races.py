"""Sign-ins that end while others are granted, on a database that several threads use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.deletion import Collector
from django.test import Client

from accounts import email_links
from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins, staff, verification
from tests.both.conftest import post_exchange, shows_home, signed_in_browser
from tests.conftest import HERE, PASSWORD
from tests.session_auth.conftest import NEW, change_email, change_password, confirmed
from tests.token_auth.api import TOKEN, Pair, client, is_dead, refresh, sign_in

ATTEMPTS = 6


class Account:
    """A user with a browser of the owner, a copy of its cookie, and further sign-ins."""

    def __init__(self) -> None:
        self.user = confirmed(f"{uuid4()}@example.com", is_staff=True)
        self.browser, self.other_browser = (signed_in_browser(self.user) for _ in range(2))
        self.thief = Client()
        self.thief.cookies.load(self.browser.cookies.output(header=""))
        self.pair = sign_in(self.user)

    def obtain(self) -> Pair | None:
        response = client().post(TOKEN, {"email": self.user.email, "password": PASSWORD})
        return response.json() if response.status_code == 200 else None

    def log_in(self) -> Client | None:
        browser, form = Client(), {"username": self.user.email, "password": PASSWORD}
        return browser if browser.post("/accounts/login/", form).status_code == 302 else None

    def exchange(self) -> Pair | None:
        """Exchange the copied cookie for tokens."""
        response = post_exchange(self.thief)
        return response.json() if response.status_code == 200 else None

    def rotate(self) -> Pair | None:
        following = refresh(self.pair)
        self.pair = following or self.pair
        return following

    def renew(self) -> Client | None:
        """Reauthenticate, which changes the key of the session."""
        response = change_email(self.other_browser, email=f"{uuid4()}@example.com")
        return self.other_browser if response.status_code == 302 else None

    def session(self) -> SignIn:
        """Return the sign-in of the owner's browser."""
        return SignIn.objects.get(pk=self.browser.session["sign_in"])


End = Callable[[Account], Any]


def change_own_password(account: Account) -> None:
    assert change_password(account.browser).status_code == 302
    assert shows_home(account.browser)


def reset_password(account: Account) -> None:
    passwords.reset(User.objects.get(pk=account.user.pk), NEW, client=HERE)


def change_own_email(account: Account) -> None:
    user, keep = User.objects.get(pk=account.user.pk), account.session().pk
    token = email_links.verification_link(user, f"{uuid4()}@example.org").split("/")[-2]
    verification.verify(token, client=HERE, keep=keep)


def until_valid(follow_link: End) -> End:
    """Follow a new link until no sign-in makes it void between reading and writing the user."""

    def follow(account: Account) -> Any:
        while True:
            with suppress(email_links.InvalidLinkError):
                return follow_link(account)

    return follow


def demote(account: Account) -> None:
    user = User.objects.get(pk=account.user.pk)
    user.is_staff = False
    user.save()


def revoke_others(account: Account) -> None:
    account.browser.post("/accounts/sign-ins/revoke-all/", {"others": "yes"})


OF_SESSION = ("exchange",)
OF_SIGN_INS = ("exchange", "rotate", "renew")
ALL = ("obtain", "log_in", "exchange", "rotate", "renew")
ENDINGS: dict[str, tuple[End, tuple[str, ...]]] = {
    "password changed": (change_own_password, ALL),
    "password reset": (until_valid(reset_password), ALL),
    "email changed": (until_valid(change_own_email), ALL),
    "deactivated": (lambda it: staff.deactivate(it.user), ALL),
    "deleted": (lambda it: User.objects.filter(pk=it.user.pk).delete(), ALL),
    "demoted": (demote, OF_SIGN_INS),
    "all revoked": (lambda it: sign_ins.revoke_all(it.user), OF_SIGN_INS),
    "others revoked": (revoke_others, ("rotate", "renew")),
    "signed out": (lambda it: it.browser.post("/accounts/logout/"), OF_SESSION),
    "one revoked": (lambda it: sign_ins.revoke_one(it.user, it.session().pk), OF_SESSION),
    "row deleted": (lambda it: it.session().delete(), OF_SESSION),
    "rows deleted": (lambda it: SignIn.objects.filter(pk=it.session().pk).delete(), OF_SESSION),
}


def valid(credentials: list[Any]) -> list[Any]:
    return [
        each
        for each in credentials
        if (shows_home(each) if isinstance(each, Client) else not is_dead(each))
    ]


@pytest.mark.parametrize(
    ("ending", "grant"),
    [(name, grant) for name, (_, dead) in ENDINGS.items() for grant in dead],
)
@pytest.mark.usefixtures("db")
def test_a_sign_in_that_ends_after_the_check_grants_nothing(
    monkeypatch: pytest.MonkeyPatch, ending: str, grant: str
) -> None:
    """A02: what was checked is checked again under the lock that ending takes."""
    account, (end, _) = Account(), ENDINGS[ending]
    function = "rotate" if grant in {"rotate", "renew"} else "start"
    genuine = getattr(sign_ins, function)

    def late(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(sign_ins, function, genuine)
        end(account)
        return genuine(*arguments, **options)

    monkeypatch.setattr(sign_ins, function, late)

    found = getattr(account, grant)()

    assert getattr(sign_ins, function) is genuine
    assert valid([found] if found else []) == []


@pytest.mark.parametrize("by_row", [False, True])
def test_session_whose_row_is_being_deleted_is_not_exchanged(
    user: User, monkeypatch: pytest.MonkeyPatch, by_row: bool
) -> None:
    """The deletion failed, because Django had already collected the rows that depend on it."""
    browser, found, genuine = signed_in_browser(user), [], Collector.collect

    def collect_late(*arguments: Any, **options: Any) -> None:
        genuine(*arguments, **options)
        monkeypatch.setattr(Collector, "collect", genuine)
        found.append(post_exchange(browser).status_code)

    monkeypatch.setattr(Collector, "collect", collect_late)

    (SignIn.objects.get() if by_row else SignIn.objects.all()).delete()

    assert set(found) == {401}
    assert not SignIn.objects.exists()


def granted(grant: Callable[[], Any], began: Event, ended: Event) -> list[Any]:
    """Return what was granted to attempts that began before the end."""
    found = []
    for _ in range(ATTEMPTS):
        found.append(grant())
        began.set()
        if ended.is_set():
            break
    connection.close()
    return [each for each in found if each is not None]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor == "sqlite", reason="DATABASE_URL names no server")
@pytest.mark.usefixtures("transactional_db", "without_rate_limits")
def test_what_is_granted_while_sign_ins_end_ends_with_them(ending: str) -> None:
    """A02: a stolen cookie is exchanged while its owner changes the password."""
    account, (end, grants) = Account(), ENDINGS[ending]
    if ending == "email changed":
        # The session remains, and can be exchanged until the other threads notice the end.
        grants = tuple(grant for grant in grants if grant != "exchange")
    began, ended = [Event() for _ in grants], Event()
    with ThreadPoolExecutor(len(grants)) as pool:
        waiting = [
            pool.submit(granted, getattr(account, grant), each, ended)
            for grant, each in zip(grants, began, strict=True)
        ]
        assert all(each.wait(timeout=20) for each in began)
        end(account)
        ended.set()

    found = [each.result() for each in waiting]
    assert all(found)
    assert [valid(each) for each in found] == [[]] * len(grants)
