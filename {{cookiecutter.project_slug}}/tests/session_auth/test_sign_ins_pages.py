"""The list of a user's sign-ins, and revoking them."""

import re
from typing import Any
from uuid import uuid4

from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from accounts.services import sign_ins
from session_auth.sign_in_views import SignInsView
from tests.conftest import HERE
from tests.session_auth.conftest import LOGIN, is_signed_in, log_in

LIST = "/accounts/sign-ins/"
ALL = "/accounts/sign-ins/revoke-all/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def revoke_path(browser: Client) -> str:
    return f"{LIST}{browser.session['sign_in']}/revoke/"


def page(browser: Client) -> str:
    return " ".join(browser.get(LIST).content.decode().split())


def messages(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_list_shows_the_devices_of_the_user_alone(user: User, other: User) -> None:
    browser = log_in(user, browser=Client(headers={"User-Agent": FIREFOX}))
    second = log_in(user, browser=Client(headers={"User-Agent": "Firefox/<script>alert(1)"}))

    text = page(browser)

    assert 'Firefox on Linux <span class="badge">This device</span>' in text
    assert text.count(">now</time>") == 2
    assert text.count(">This device<") == 1
    assert "<script>alert" not in text
    assert "127.0.0.1" in text
    assert len(re.findall("<time datetime=", text)) == 2
    assert set(re.findall(rf"{LIST}[\w-]{{36}}/revoke/", text)) == {
        revoke_path(browser),
        revoke_path(second),
    }
    assert revoke_path(browser) not in page(log_in(other))


def test_many_sign_ins_are_listed_on_several_pages(user: User, browser: Client) -> None:
    """A11: the list has pages."""
    size = SignInsView.paginate_by
    for number in range(size):
        sign_ins.start(user, "session", str(number), client=HERE)

    first, second = (browser.get(LIST, {"page": number}) for number in (1, 2))

    assert [len(each.context["sign_ins"]) for each in (first, second)] == [size, 1]
    assert re.findall(r"\?page=\d", first.content.decode()) == ["?page=2"]
    assert re.findall(r"\?page=\d", second.content.decode()) == ["?page=1"]
    assert browser.get(LIST, {"page": "3"}).status_code == 404


def test_one_device_or_all_can_be_signed_out(user: User, browser: Client) -> None:
    second, third = log_in(user), log_in(user)

    response = browser.post(revoke_path(second))
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert "The device was signed out." in messages(response)
    assert third.post(revoke_path(third))["Location"] == LOGIN
    assert [is_signed_in(each) for each in (browser, second, third)] == [True, False, False]

    response = browser.post(ALL, {"others": "yes"})
    assert response["Location"] == LIST
    assert "All other devices were signed out." in messages(response)
    assert browser.get(ALL).context["count"] == 1
    assert browser.post(ALL)["Location"] == LOGIN
    assert not is_signed_in(browser)


def test_nothing_is_revoked_for_others_or_by_get(browser: Client, other: User) -> None:
    stranger = log_in(other)

    for path in (revoke_path(stranger), f"{LIST}{uuid4()}/revoke/"):
        assert browser.post(path).status_code == 404
    for path, status in ((ALL, 200), (revoke_path(browser), 405)):
        assert browser.get(path).status_code == status
        assert Client().post(path)["Location"].startswith(LOGIN)
    assert is_signed_in(stranger)
    assert is_signed_in(browser)
