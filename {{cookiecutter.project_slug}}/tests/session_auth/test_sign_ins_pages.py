"""Where the account is signed in, and ending that."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from accounts.services import sign_ins
from session_auth.views import SignInsView
from tests.conftest import HERE, PASSWORD
from tests.session_auth.conftest import SignIn, confirmed, is_signed_in

LIST = "/accounts/sign-ins/"
ALL = "/accounts/sign-ins/revoke-all/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def revoke_path(browser: Client) -> str:
    return f"{LIST}{browser.session['sign_in']}/revoke/"


def page(browser: Client) -> str:
    return browser.get(LIST).content.decode()


def test_the_list_says_where_and_by_what(user: User, sign_in: SignIn) -> None:
    browser = sign_in(user, browser=Client(headers={"User-Agent": FIREFOX}))

    text = " ".join(page(browser).split())

    assert 'Firefox on Linux <span class="badge">This device</span>' in text
    assert "127.0.0.1" in text
    assert len(re.findall("<time datetime=", text)) == 1


def test_every_sign_in_is_listed_and_one_is_this(user: User, sign_in: SignIn) -> None:
    browsers = [sign_in(user) for _ in range(3)]

    text = page(browsers[0])

    assert text.count(">This device<") == 1
    assert all(revoke_path(browser) in text for browser in browsers)


def test_many_sign_ins_are_listed_on_several_pages(user: User, browser: Client) -> None:
    """A11: the list has pages."""
    size = SignInsView.paginate_by
    for number in range(size):
        sign_ins.start(user, "session", str(number), client=HERE)

    first, second = (browser.get(LIST, {"page": number}) for number in (1, 2))

    assert len(first.context["sign_ins"]) == size
    assert len(second.context["sign_ins"]) == 1
    assert "?page=2" in first.content.decode()
    assert "?page=1" in second.content.decode()
    assert "?page=" not in browser.get(LIST, {"page": 2}).content.decode().split("?page=1")[1]
    for wrong in ("0", "3", "x", "9" * 30):
        assert browser.get(LIST, {"page": wrong}).status_code == 404


def test_those_of_others_are_not_listed(browser: Client, sign_in: SignIn) -> None:
    other = sign_in(confirmed("grace@example.com"))

    assert revoke_path(other) not in page(browser)
    assert revoke_path(browser) not in page(other)


def test_what_a_device_says_of_itself_is_no_markup(user: User, sign_in: SignIn) -> None:
    hostile = "Firefox/<script>alert(1)</script>"

    assert "<script>alert" not in page(
        sign_in(user, browser=Client(headers={"User-Agent": hostile}))
    )


def test_another_browser_can_be_signed_out(user: User, browser: Client, sign_in: SignIn) -> None:
    other, third = sign_in(user), sign_in(user)

    response = browser.post(revoke_path(other))

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert [str(message) for message in get_messages(response.wsgi_request)]
    assert [is_signed_in(each) for each in (browser, other, third)] == [True, False, True]


def test_this_browser_can_be_signed_out(browser: Client) -> None:
    response = browser.post(revoke_path(browser))

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert not is_signed_in(browser)


def test_a_sign_in_that_is_not_ones_own_is_not_found(browser: Client, sign_in: SignIn) -> None:
    other = sign_in(confirmed("grace@example.com"))

    assert browser.post(revoke_path(other)).status_code == 404
    assert browser.post(f"{LIST}{uuid4()}/revoke/").status_code == 404
    assert browser.post(f"{LIST}1/revoke/").status_code == 404
    assert is_signed_in(other)
    assert is_signed_in(browser)


@pytest.mark.parametrize(("form", "kept"), [({}, False), ({"others": "yes"}, True)])
def test_all_can_be_signed_out(
    user: User, browser: Client, sign_in: SignIn, form: dict[str, str], kept: bool
) -> None:
    other, stranger = sign_in(user), sign_in(confirmed("grace@example.com"))

    response = browser.post(ALL, form)

    assert response["Location"] == (LIST if kept else "/accounts/login/")
    assert [is_signed_in(each) for each in (browser, other, stranger)] == [kept, False, True]


def test_message_for_signing_out_other_devices_names_all_of_them(
    user: User, browser: Client, sign_in: SignIn
) -> None:
    one, another = sign_in(user), sign_in(user)

    for_one = browser.post(revoke_path(one))
    for_all = browser.post(ALL, {"others": "yes"})

    assert [str(message) for message in get_messages(for_one.wsgi_request)] == [
        "The device was signed out."
    ]
    assert "All other devices were signed out." in [
        str(message) for message in get_messages(for_all.wsgi_request)
    ]
    assert not is_signed_in(another)
    assert is_signed_in(browser)


def test_looking_ends_nothing(browser: Client) -> None:
    for path in (ALL, revoke_path(browser)):
        assert browser.get(path).status_code == 405
        assert browser.head(path).status_code == 405
    assert is_signed_in(browser)


def test_another_site_ends_nothing(user: User, sign_in: SignIn) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/accounts/login/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    form = {"username": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    browser.post("/accounts/login/", form)
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value

    for path in (ALL, revoke_path(browser)):
        assert browser.post(path).status_code == 403
    assert is_signed_in(browser)

    assert browser.post(ALL, {"csrfmiddlewaretoken": token}).status_code == 302
    assert not is_signed_in(browser)


def test_visitors_are_sent_to_sign_in(client: Client, browser: Client) -> None:
    assert client.get(LIST)["Location"].startswith("/accounts/login/")
    for path in (ALL, revoke_path(browser)):
        assert client.post(path)["Location"].startswith("/accounts/login/")
    assert is_signed_in(browser)
