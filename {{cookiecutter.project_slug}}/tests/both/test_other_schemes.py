"""Schemes other than Bearer belong to a proxy in front of pages."""

import logging

import pytest
from django.test import Client

from tests.both.conftest import shows_home
from tests.token_auth.api import ME
from token_auth.with_sessions.middleware import log_ignored


@pytest.mark.parametrize("header", ["Basic eDp5", "basic eDp5", "Digest x", "nonsense", ""])
def test_page_with_another_scheme_is_judged_by_the_session(browser: Client, header: str) -> None:
    """E02: staging behind HTTP Basic, where browsers send the header with every request."""
    assert browser.get("/", headers={"Authorization": header}).status_code == 200
    assert Client().get("/", headers={"Authorization": header}).status_code == 302


@pytest.mark.parametrize(
    "header", ["Bearer x", "bearer x", "BEARER\tx", "Basic eDp5,Bearer x", " Bearer"]
)
def test_page_with_a_bearer_however_spelled_is_not_judged_by_the_session(
    browser: Client, header: str
) -> None:
    """E02: no spelling of a bearer token falls back to the session."""
    response = browser.get("/", headers={"Authorization": header})

    assert response.status_code == 302
    assert shows_home(browser)


def test_api_with_another_scheme_is_not_judged_by_the_session(browser: Client) -> None:
    """E02: the API reads bearer tokens alone."""
    response = browser.get(ME, headers={"Authorization": "Basic eDp5"})

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_ignored_scheme_is_logged_once_without_the_credential(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """E02: one line says why; a header without a scheme is all credential."""
    log_ignored.cache_clear()
    with caplog.at_level(logging.INFO):
        for header in ("Basic c2VjcmV0", "Basic c2VjcmV0", "secret"):
            browser.get("/", headers={"Authorization": header})

    lines = [r.getMessage() for r in caplog.records if "authorization_ignored" in r.getMessage()]
    assert len(lines) == 2
    assert "'basic'" in lines[0]
    assert "secret" not in caplog.text
    assert "c2VjcmV0" not in caplog.text
