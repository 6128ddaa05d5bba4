"""Rows between sessions and tokens that are deleted by themselves."""

from typing import Any

import pytest
from django.db.models.deletion import Collector

from accounts.models import SignIn, User
from session_auth.models import BrowserSession
from tests.both.conftest import exchange, post_exchange, shows_home, signed_in_browser
from tests.token_auth.api import accepts_access, is_dead, sign_in
from token_auth.with_sessions.models import Exchange


@pytest.mark.parametrize("model", [Exchange, BrowserSession])
@pytest.mark.parametrize("by_row", [False, True])
def test_deleting_a_link_ends_the_session_and_its_tokens(
    user: User, model: Any, by_row: bool
) -> None:
    """A04: tokens whose exchange was deleted outlived their session."""
    browser, other = signed_in_browser(user), sign_in(user)
    pair = exchange(browser)

    (model.objects.get() if by_row else model.objects.all()).delete()

    assert is_dead(pair)
    assert not shows_home(browser)
    assert accepts_access(other)


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

    assert found == [401]
    assert not SignIn.objects.exists()
