"""Sign-ins revoked on one node are rejected on the other, with and without Redis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import pytest
import requests
from aiosmtpd.controller import Controller

from tests.clients.api import PASSWORD, Node
from tests.clients.mailbox import Mailbox
from tests.servers.gunicorn import COLLECT_STATIC_FILES, Project
from tests.servers.ports import free_port
from tests.servers.postgresql import postgresql
from tests.servers.production import production
from tests.servers.redis import Redis
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from tests.conftest import Install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("revocation")]

NEW_PASSWORD = "nanoseconds of copper wire"  # noqa: S105 - of a user of the tests
CSRF = "c" * 32

PHONE = {"the phone's access tokens", "the phone's refresh token"}
SCRIPT = {"the script's access tokens", "the script's refresh token"}
SESSION = {"the browser's session"}
EVERYTHING = PHONE | SCRIPT | SESSION


class Tokens:
    """All tokens that a client of the API has received since it signed in."""

    def __init__(self, pair: dict[str, str]) -> None:
        self.pairs = [pair]

    @property
    def access(self) -> str:
        return self.pairs[-1]["access"]

    @property
    def refresh(self) -> str:
        return self.pairs[-1]["refresh"]

    @property
    def spent(self) -> str:
        return self.pairs[0]["refresh"]

    def open_the_api(self, node: Node) -> bool:
        found = {node.accepts(pair["access"]) for pair in self.pairs}
        assert len(found) == 1
        return found.pop()

    def buy_the_next(self, node: Node) -> bool:
        answer = node.refresh(self.refresh)
        assert answer.status_code in {200, 401}
        if answer.ok:
            self.pairs.append(answer.json())
        return answer.ok


class Browser:
    """A browser that keeps the session from its sign-in."""

    def __init__(self, node: Node, email: str) -> None:
        self.session = ""
        form = {"username": email, "password": PASSWORD}
        self.session = self.post(node, "/accounts/login/", **form).cookies["__Host-sessionid"]

    def headers(self) -> dict[str, str]:
        return {
            "Cookie": f"__Host-sessionid={self.session}; __Host-csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Referer": "https://example.com/",
        }

    def post(self, node: Node, path: str, **form: str) -> requests.Response:
        """Post a form, which must be accepted with a redirect."""
        answer = node.call("POST", path, headers=self.headers(), data=form)
        assert answer.status_code == (200 if path.startswith("/api/") else 302), answer.text
        return answer

    def opens_pages(self, node: Node) -> bool:
        answer = node.call("GET", "/accounts/profile/", headers=self.headers())
        if answer.is_redirect:
            assert answer.headers["Location"].startswith("/accounts/login/")
            return False
        assert answer.ok, answer.text
        return True


class Person:
    """A user with a phone, a browser, and a script in that browser."""

    def __init__(self, node: Node, email: str) -> None:
        self.email = email
        self.phone = Tokens(node.sign_in(email))
        self.browser = Browser(node, email)
        exchanged = self.browser.post(node, "/api/auth/token/exchange/")
        self.script = Tokens(exchanged.json())
        self.id = node.call("GET", "/api/auth/me/", self.phone.access).json()["id"]

    def what_is_good(self, node: Node) -> set[str]:
        found = {
            "the phone's access tokens": self.phone.open_the_api(node),
            "the phone's refresh token": self.phone.buy_the_next(node),
            "the script's access tokens": self.script.open_the_api(node),
            "the script's refresh token": self.script.buy_the_next(node),
            "the browser's session": self.browser.opens_pages(node),
        }
        return {name for name, is_good in found.items() if is_good}


@dataclass(frozen=True)
class Cluster:
    one: Node
    two: Node
    redis: Redis
    mailbox: Mailbox
    project: Project
    staff: Browser

    def api(self, method: str, path: str, bearer: str = "", **body: str) -> requests.Response:
        """Send a request to the API of the first node, which must succeed."""
        answer = self.one.call(method, f"/api/auth/{path}", bearer, json=body)
        assert answer.ok, answer.text
        return answer

    def mailed(self, address: str, pattern: str) -> re.Match[str]:
        """Wait for an email, which may arrive after the response, and return the match in it."""
        wait_until(lambda: self.mailbox.to(address, pattern) is not None)
        found = self.mailbox.to(address, pattern)
        assert found is not None
        return found

    def sign_in_id(self, tokens: Tokens, **wanted: object) -> str:
        listed = self.api("GET", "sign-ins/", tokens.access).json()
        (found,) = [row["id"] for row in listed if wanted.items() <= row.items()]
        return str(found)


@pytest.fixture(scope="module")
def cluster(
    bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    baked, python = bake_with_venv("both")
    copy = baked.copy_to(tmp_path_factory.mktemp("nodes"))
    mailbox = Mailbox()
    with postgresql(python) as database, Redis() as redis:
        settings = production(database, redis.url)
        smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
        smtp.start()
        settings |= {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "WEB_CONCURRENCY": "1"}
        project = Project(copy.path, python, settings)
        project.prepare(COLLECT_STATIC_FILES)
        with project.serve() as one, project.serve() as two:
            staff = Browser(one, "staff@example.com")
            yield Cluster(one, two, redis, mailbox, project, staff)
        smtp.stop()


NUMBERS = count()


@pytest.fixture
def user(cluster: Cluster) -> Person:
    return Person(cluster.one, f"{next(NUMBERS)}@example.com")


@pytest.fixture
def bystander(cluster: Cluster) -> Person:
    return Person(cluster.one, f"{next(NUMBERS)}@example.com")


def logout_by_api(cluster: Cluster, user: Person) -> None:
    cluster.api("POST", "token/revoke/", refresh=user.phone.refresh)


def logout_of_exchanged_tokens(cluster: Cluster, user: Person) -> None:
    cluster.api("POST", "token/revoke/", refresh=user.script.refresh)


def logout_on_page(cluster: Cluster, user: Person) -> None:
    user.browser.post(cluster.one, "/accounts/logout/")


def logout_everywhere_by_api(cluster: Cluster, user: Person) -> None:
    cluster.api("DELETE", "sign-ins/", user.phone.access)


def logout_everywhere_on_page(cluster: Cluster, user: Person) -> None:
    user.browser.post(cluster.one, "/accounts/sign-ins/revoke-all/")


def one_device_by_api(cluster: Cluster, user: Person) -> None:
    browser = cluster.sign_in_id(user.phone, kind="session")
    cluster.api("DELETE", f"sign-ins/{browser}/", user.phone.access)


def one_device_on_page(cluster: Cluster, user: Person) -> None:
    phone = cluster.sign_in_id(user.phone, current=True)
    user.browser.post(cluster.one, f"/accounts/sign-ins/{phone}/revoke/")


def password_change_by_api(cluster: Cluster, user: Person) -> None:
    passwords = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    cluster.api("POST", "password/change/", user.phone.access, **passwords)


def password_change_on_page(cluster: Cluster, user: Person) -> None:
    before = user.browser.session
    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    answer = user.browser.post(cluster.one, "/accounts/password_change/", **form)
    user.browser.session = answer.cookies["__Host-sessionid"]
    assert user.browser.opens_pages(cluster.two)
    user.browser.session = before


def password_reset(cluster: Cluster, user: Person) -> None:
    cluster.api("POST", "password/reset/", email=user.email)
    uid, token = cluster.mailed(user.email, r"/accounts/reset/([^/\s]+)/([^/\s]+)/").groups()
    link = {"uid": uid, "token": token, "new_password": NEW_PASSWORD}
    cluster.api("POST", "password/reset/confirm/", **link)


def email_change(cluster: Cluster, user: Person) -> None:
    new = {"email": f"new-{user.email}", "password": PASSWORD}
    cluster.api("POST", "email/change/", user.phone.access, **new)
    token = cluster.mailed(new["email"], r"/accounts/verify-email/([^/\s]+)/")[1]
    cluster.api("POST", "email/verify/", token=token)


def deactivation(cluster: Cluster, user: Person) -> None:
    cluster.project.manage("deactivate_user", user.email)


def deletion(cluster: Cluster, user: Person) -> None:
    path = f"/back-office/accounts/user/{user.id}/delete/"
    cluster.staff.post(cluster.one, path, post="yes")


def role_change(cluster: Cluster, user: Person) -> None:
    path = f"/back-office/accounts/user/{user.id}/change/"
    cluster.staff.post(cluster.one, path, email=user.email, is_active="on", is_staff="on")


def reuse_of_refresh_token(cluster: Cluster, user: Person) -> None:
    # Two refreshes later, a token is older than the previous one.
    assert user.phone.buy_the_next(cluster.one)
    assert cluster.one.refresh(user.phone.spent).status_code == requests.codes.unauthorized


WAYS: list[tuple[Callable[[Cluster, Person], None], set[str]]] = [
    (logout_by_api, PHONE),
    (logout_of_exchanged_tokens, SESSION | SCRIPT),
    (logout_on_page, SESSION | SCRIPT),
    (logout_everywhere_by_api, EVERYTHING),
    (logout_everywhere_on_page, EVERYTHING),
    (one_device_by_api, SESSION | SCRIPT),
    (one_device_on_page, PHONE),
    (password_change_by_api, SESSION | SCRIPT),
    (password_change_on_page, EVERYTHING),
    (password_reset, EVERYTHING),
    (email_change, EVERYTHING),
    (deactivation, EVERYTHING),
    (deletion, EVERYTHING),
    (role_change, EVERYTHING),
    (reuse_of_refresh_token, PHONE),
]
every_way = pytest.mark.parametrize(
    ("end", "ended"), [pytest.param(*way, id=way[0].__name__) for way in WAYS]
)


@every_way
def test_the_other_node_refuses_at_once(
    end: Callable[[Cluster, Person], None],
    ended: set[str],
    cluster: Cluster,
    user: Person,
    bystander: Person,
) -> None:
    assert user.what_is_good(cluster.two) == EVERYTHING
    end(cluster, user)
    assert user.what_is_good(cluster.two) == EVERYTHING - ended
    assert bystander.what_is_good(cluster.two) == EVERYTHING


@every_way
def test_the_other_node_refuses_without_redis_and_after_it_has_come_back_empty(
    end: Callable[[Cluster, Person], None],
    ended: set[str],
    cluster: Cluster,
    user: Person,
    bystander: Person,
) -> None:
    assert user.what_is_good(cluster.two) == EVERYTHING
    with cluster.redis.away():
        end(cluster, user)
        assert user.what_is_good(cluster.two) == EVERYTHING - ended
        assert bystander.what_is_good(cluster.two) == EVERYTHING
    for node in (cluster.two, cluster.one):
        assert user.what_is_good(node) == EVERYTHING - ended
        assert bystander.what_is_good(node) == EVERYTHING
