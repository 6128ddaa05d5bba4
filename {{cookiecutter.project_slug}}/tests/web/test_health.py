"""Health checks of load balancers and orchestrators."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import path as url
from pytest_django import Settings
from redis.exceptions import OutOfMemoryError

from config import urls
from web.security_txt import security_txt

urlpatterns = [url("health/own/", security_txt), *urls.urlpatterns]
PATHS = ["/health/live/", "/health/ready/"]


@pytest.mark.parametrize(
    "host", ["10.0.3.17:8000", "[::1]", "evil.test", "a b", "x@testserver", ""]
)
@pytest.mark.parametrize("path", PATHS)
def test_health_check_with_any_host_succeeds(
    client: Client, db: None, path: str, host: str
) -> None:
    """E03: load balancers of AWS and Azure cannot set the header."""
    response = client.get(path, headers={"Host": host})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert client.post(path, headers={"Host": host}).status_code == 405
    assert client.get(path, RAW_URI=f"http://evil.test{path}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/health/", "/health/live", "/health/other/", "/api/"])
def test_other_paths_need_an_allowed_host(client: Client, db: None, path: str) -> None:
    """E03: nothing else is served under a foreign name."""
    response = client.get(path, headers={"Host": "evil.test"})

    assert response.status_code == 400
    assert b"evil" not in response.content


def test_other_view_beside_the_checks_needs_an_allowed_host(
    client: Client, settings: Settings
) -> None:
    """E03: a page of the team under the same path."""
    settings.ROOT_URLCONF = __name__

    assert client.get("/health/own/").status_code == 200
    assert client.get("/health/own/", headers={"Host": "evil.test"}).status_code == 400


def test_readiness_needs_a_cache_that_takes_writes(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E13: a full Redis (`noeviction`) refuses writes and still reads."""
    assert client.get("/health/ready/").status_code == 200

    def full(*_: Any, **__: Any) -> None:
        raise OutOfMemoryError

    monkeypatch.setattr("monitoring.health.views.cache", SimpleNamespace(set=full))
    assert client.get("/health/ready/").status_code == 503
    assert client.get("/health/live/").status_code == 200


def test_readiness_needs_a_database_that_takes_writes(client: Client, db: None) -> None:
    """E13: a standby, or a database whose disk is full, refuses writes and still reads."""
    switch = {  # to forbid writes, and to allow them
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET transaction_read_only = on", "SELECT 1"),
    }
    on, off = switch[connection.vendor]
    assert client.get("/health/ready/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        assert client.get("/health/ready/").status_code == 503
    finally:
        connection.needs_rollback = False
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(off)
