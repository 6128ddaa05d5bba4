"""In and out: good credentials succeed, all others fail alike, and what ended stays ended."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services import staff as staff_service
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

LOGIN = "/accounts/login/"
COOKIE = settings.SESSION_COOKIE_NAME


def test_good_credentials_open_the_home_page(user: User) -> None:
    browser = Client()
    response = browser.post(LOGIN, {"username": "ADA@example.com", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(browser)
    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind, sign_in.ip_address) == (user, "session", "127.0.0.1")


def shut(user: User) -> None:
    user.is_active = False
    user.save()


def unconfirm(user: User) -> None:
    user.email_verified_at = None
    user.save()


def answer(email: str, password: str) -> tuple[int, str]:
    response = Client().post(LOGIN, {"username": email, "password": password})
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, page.replace(email, "")


@pytest.mark.parametrize("change", [None, shut, unconfirm])
def test_every_refusal_looks_the_same(user: User, change: object) -> None:
    expected = answer("nobody@example.com", PASSWORD)
    password = "wrong"
    if callable(change):
        change(user)
        password = PASSWORD
    assert answer(user.email, password) == expected
    assert expected[0] == 200
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("form", [{}, {"username": "ada@example.com"}, {"password": PASSWORD}])
def test_both_fields_are_needed(user: User, form: dict[str, str]) -> None:
    assert Client().post(LOGIN, form).status_code == 200
    assert not SignIn.objects.exists()


def test_the_page_shows_the_name_of_the_site(db: None) -> None:
    assert f"Sign in - {settings.SITE_NAME}" in re.sub(
        r"\s+", " ", Client().get(LOGIN).content.decode()
    ).replace("&#x27;", "'").replace("&quot;", '"').replace("&lt;", "<").replace(
        "&gt;", ">"
    ).replace("&amp;", "&")


def test_a_planted_session_is_not_adopted(user: User, sign_in: SignInBrowser) -> None:
    browser = Client()
    browser.get(LOGIN)
    browser.cookies[COOKIE] = "planted00planted00planted00plant"
    sign_in(user, browser=browser)
    assert browser.cookies[COOKIE].value != "planted00planted00planted00plant"
    assert is_signed_in(browser)


def test_every_sign_in_has_a_new_key_and_ends_the_one_before(
    user: User, sign_in: SignInBrowser
) -> None:
    browser = sign_in(user)
    before = browser.cookies[COOKIE].value
    sign_in(user, browser=browser)
    assert browser.cookies[COOKIE].value != before
    assert is_signed_in(browser)
    old = Client()
    old.cookies[COOKIE] = before
    assert not is_signed_in(old)
    assert sign_ins.live(user).count() == 1


def test_signing_out_ends_the_session_and_its_sign_in(browser: Client, user: User) -> None:
    key = browser.cookies[COOKIE].value
    assert browser.get("/accounts/logout/").status_code == 405
    assert is_signed_in(browser)
    assert browser.post("/accounts/logout/")["Location"] == LOGIN
    assert not is_signed_in(browser)
    browser.cookies[COOKIE] = key
    assert not is_signed_in(browser)
    assert not sign_ins.live(user).exists()


def test_an_anonymous_visitor_can_sign_out_too(db: None) -> None:
    assert Client().post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize("end", [sign_ins.revoke_all, staff_service.deactivate, User.delete])
def test_an_ended_sign_in_is_out_at_the_next_request(
    browser: Client, user: User, end: object
) -> None:
    assert is_signed_in(browser)
    assert callable(end)
    end(user)
    assert not is_signed_in(browser)


def test_a_password_changed_behind_the_scenes_ends_sessions(browser: Client, user: User) -> None:
    user.set_password("a train to the mountains")
    user.save()
    assert not is_signed_in(browser)


@pytest.mark.parametrize(("late", "goes_on"), [(-1, True), (0, False), (1, False)])
def test_an_unused_session_ends(
    user: User, sign_in: SignInBrowser, late: int, goes_on: bool
) -> None:
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        browser = sign_in(user)
        clock.move_to(now + settings.SIGN_IN_LIMITS["session"]["idle"] + timedelta(seconds=late))
        assert is_signed_in(browser) == goes_on


@pytest.mark.parametrize(("late", "goes_on"), [(-1, True), (0, False), (1, False)])
def test_a_used_session_ends_all_the_same(
    user: User, sign_in: SignInBrowser, late: int, goes_on: bool
) -> None:
    now = timezone.now().replace(microsecond=0)
    limits = settings.SIGN_IN_LIMITS["session"]
    with time_machine.travel(now, tick=False) as clock:
        browser = sign_in(user)
        moment = now
        while moment + limits["idle"] / 2 < now + limits["absolute"]:
            moment += limits["idle"] / 2
            clock.move_to(moment)
            assert is_signed_in(browser)
        clock.move_to(now + limits["absolute"] + timedelta(seconds=late))
        assert is_signed_in(browser) == goes_on


def test_use_is_noted_once_a_minute(user: User, sign_in: SignInBrowser) -> None:
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        browser = sign_in(user)
        for seconds, noted in ((59, 0), (60, 60), (119, 60), (120, 120)):
            clock.move_to(now + timedelta(seconds=seconds))
            assert is_signed_in(browser)
            assert SignIn.objects.get().last_used_at == now + timedelta(seconds=noted)


def test_a_session_without_a_sign_in_is_none(user: User, browser: Client) -> None:
    session = browser.session
    del session["sign_in"]
    session.save()
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.test", "//evil.test", "/\\evil.test", "\\\\evil.test", "///evil.test"),
        *(
            "https:evil.test",
            "javascript:alert(1)",
            "http://testserver@evil.test",
            "/%09/evil.test\n",
        ),
        *("https://testserver.evil.test", " //evil.test", "\t//evil.test"),
    ],
)
def test_nobody_is_sent_elsewhere(user: User, target: str) -> None:
    form = {"username": user.email, "password": PASSWORD, "next": target}
    location = Client().post(LOGIN, form)["Location"]
    assert location.startswith("/")
    assert "evil" not in location or location.startswith("/%09/")


def test_everybody_is_sent_where_they_were_going(user: User) -> None:
    form = {"username": user.email, "password": PASSWORD, "next": "/accounts/profile/"}
    assert Client().post(LOGIN, form)["Location"] == "/accounts/profile/"
