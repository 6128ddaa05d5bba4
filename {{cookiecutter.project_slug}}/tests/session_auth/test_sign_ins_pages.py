"""The list of a user's sign-ins, and revoking them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from accounts.services import sign_ins
from session_auth.views import SignInsView
from tests.conftest import HERE, PASSWORD
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
    second, stranger = log_in(user), log_in(other)

    text = page(browser)

    assert 'Firefox on Linux <span class="badge">This device</span>' in text
    assert text.count(">This device<") == 1
    assert "127.0.0.1" in text
    assert len(re.findall("<time datetime=", text)) == 2
    assert set(re.findall(rf"{LIST}[\w-]{{36}}/revoke/", text)) == {
        revoke_path(browser),
        revoke_path(second),
    }
    assert revoke_path(browser) not in page(stranger)


def test_many_sign_ins_are_listed_on_several_pages(user: User, browser: Client) -> None:
    """A11: the list has pages."""
    size = SignInsView.paginate_by
    for number in range(size):
        sign_ins.start(user, "session", str(number), client=HERE)

    first, second = (browser.get(LIST, {"page": number}) for number in (1, 2))

    assert [len(each.context["sign_ins"]) for each in (first, second)] == [size, 1]
    assert re.findall(r"\?page=\d", first.content.decode()) == ["?page=2"]
    assert re.findall(r"\?page=\d", second.content.decode()) == ["?page=1"]
    for wrong in ("0", "3", "x", "9" * 30):
        assert browser.get(LIST, {"page": wrong}).status_code == 404


def test_name_of_a_device_is_escaped(user: User) -> None:
    hostile = Client(headers={"User-Agent": "Firefox/<script>alert(1)</script>"})

    assert "<script>alert" not in page(log_in(user, browser=hostile))


def test_one_device_can_be_signed_out(user: User, browser: Client) -> None:
    second, third = log_in(user), log_in(user)

    response = browser.post(revoke_path(second))

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert messages(response) == ["The device was signed out."]
    assert [is_signed_in(each) for each in (browser, second, third)] == [True, False, True]

    assert browser.post(revoke_path(browser))["Location"] == LOGIN
    assert [is_signed_in(each) for each in (browser, third)] == [False, True]


def test_sign_in_of_another_user_is_not_found(browser: Client, other: User) -> None:
    stranger = log_in(other)

    for path in (revoke_path(stranger), f"{LIST}{uuid4()}/revoke/", f"{LIST}1/revoke/"):
        assert browser.post(path).status_code == 404
    assert is_signed_in(stranger)
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("form", "target", "shown", "kept"),
    [
        ({}, LOGIN, "", False),
        ({"others": "yes"}, LIST, "All other devices were signed out.", True),
    ],
)
def test_all_devices_can_be_signed_out(
    user: User,
    other: User,
    browser: Client,
    form: dict[str, str],
    target: str,
    shown: str,
    kept: bool,
) -> None:
    second, stranger = log_in(user), log_in(other)

    response = browser.post(ALL, form)

    assert response["Location"] == target
    assert shown in "".join(messages(response))
    assert [is_signed_in(each) for each in (browser, second, stranger)] == [kept, False, True]


def test_nothing_is_revoked_by_get_without_a_csrf_token_or_by_visitors(user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get(LOGIN)
    form = {"username": user.email, "password": PASSWORD}
    token = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    browser.post(LOGIN, form | token)
    for path in (ALL, revoke_path(browser)):
        assert browser.get(path).status_code == 405
        assert browser.post(path).status_code == 403
        assert Client().post(path)["Location"].startswith(LOGIN)
    assert is_signed_in(browser)

    token = {"csrfmiddlewaretoken": browser.cookies[settings.CSRF_COOKIE_NAME].value}
    assert browser.post(ALL, token).status_code == 302
    assert not is_signed_in(browser)
