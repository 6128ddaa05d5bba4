"""Browsers that are used for long: open connections, many sign-ins, pages asked for again."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from accounts.models import User
from accounts.services import sign_ins
from config import urls
from session_auth import sessions
from session_auth.sign_in_views import SignInsView
from tests.conftest import HERE
from tests.session_auth import conftest as pages

LIST = "/accounts/sign-ins/"


@permission_required("accounts.delete_user")
def for_some(_: HttpRequest) -> HttpResponse:
    """Return a page that sends users without a permission to the sign-in page, as Django does."""
    return HttpResponse("seen")


urlpatterns = [path("for-some/", for_some), *urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_page_can_be_asked_for_again_later(browser: Client) -> None:
    target = {"next": "/for-some/"}
    assert browser.get(pages.LOGIN, target)["Location"] == "/for-some/"
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=False):
        assert browser.get(pages.LOGIN, target)["Location"] == "/for-some/"


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


def test_websocket_requires_a_live_sign_in(user: User, browser: Client) -> None:
    """A10: when it is opened, and as docs/sessions.md checks again while it is open."""
    found = sessions.user_of(browser.session)
    assert found == user
    assert found.current_sign_in_id
    assert sign_ins.find_live(found.current_sign_in_id)

    sign_ins.revoke_all(user)

    assert sessions.user_of(browser.session) == AnonymousUser()
    assert sign_ins.find_live(found.current_sign_in_id) is None
