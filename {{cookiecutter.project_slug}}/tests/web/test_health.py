"""Health checks of load balancers and orchestrators."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import path as url
from redis.exceptions import OutOfMemoryError

from config import urls
from web.security_txt import security_txt

urlpatterns = [url("health/own/", security_txt), *urls.urlpatterns]
LIVE, READY = "/health/live/", "/health/ready/"


def status(path: str, host: str = "testserver") -> int:
    return Client().get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", ["10.0.3.17:8000", "[::1]", "a b", ""])
@pytest.mark.parametrize("path", [LIVE, READY])
def test_health_check_with_any_host_succeeds(
    client: Client, db: None, path: str, host: str
) -> None:
    """E03: load balancers of AWS and Azure cannot set the header."""
    response = client.get(path, headers={"Host": host})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert client.post(path, headers={"Host": host}).status_code == 405
    assert client.get(path, RAW_URI=f"http://evil.test{path}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/health/", "/health/live", "/health/own/", "/api/"])
@pytest.mark.urls(__name__)
def test_other_paths_need_an_allowed_host(client: Client, path: str) -> None:
    """E03: nothing else is served under a foreign name, also a page of the team next to it."""
    response = client.get(path, headers={"Host": "evil.test"})

    assert response.status_code == 400
    assert b"evil" not in response.content
    assert status("/health/own/") == 200


def test_readiness_needs_a_cache_that_takes_writes(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E13: a full Redis (`noeviction`) refuses writes and still reads."""

    def full(*_: Any, **__: Any) -> None:
        raise OutOfMemoryError

    assert status(READY) == 200
    monkeypatch.setattr("monitoring.health.views.cache", SimpleNamespace(set=full))
    assert (status(READY), status(LIVE)) == (503, 200)


def test_readiness_needs_a_database_that_takes_writes(db: None) -> None:
    """E13: a standby, or a database whose disk is full, refuses writes and still reads."""
    switch = {  # to forbid writes, and to allow them
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET transaction_read_only = on", "SELECT 1"),
    }
    on, off = switch[connection.vendor]
    assert status(READY) == 200
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        assert status(READY) == 503
    finally:
        connection.needs_rollback = False
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(off)
