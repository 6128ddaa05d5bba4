"""Health checks of load balancers and orchestrators, and errors that `manage.py check` reports."""

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import path as url
from pytest_django import Settings
from redis.exceptions import OutOfMemoryError

from config import urls
from monitoring.health import migrations
from web.checks import check_cache, check_email_logo, check_path, check_static_files
from web.security_txt import security_txt

urlpatterns = [url("health/own/", security_txt), *urls.urlpatterns]
LIVE, READY = "/health/live/", "/health/ready/"
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


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
    full = SimpleNamespace(set=Mock(side_effect=OutOfMemoryError))
    assert status(READY) == 200
    monkeypatch.setattr("monitoring.health.views.cache", full)
    assert (status(READY), status(LIVE)) == (503, 200)


def test_readiness_needs_every_migration(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(migrations, "_none_missing", False)
    broken = Mock(side_effect=DatabaseError("password=secret"))
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MigrationExecutor", broken)
        response = client.get(READY)
        assert (response.status_code, response.json()) == (503, {"status": "unavailable"})
    newest = MigrationRecorder.Migration.objects.filter(app="accounts").latest("pk")
    MigrationRecorder.Migration.objects.filter(pk=newest.pk).update(app="elsewhere")
    assert [status(READY), status(READY)] == [503, 503]
    assert f"accounts.{newest.name}" in caplog.text

    MigrationRecorder.Migration.objects.filter(app="elsewhere").update(app="accounts")
    assert status(READY) == 200
    # From now on, they are not read again.
    monkeypatch.setattr(migrations, "MigrationExecutor", broken)
    assert status(READY) == 200


def test_service_below_a_path_is_reported(settings: Settings) -> None:
    """E05: links, redirects and cookies would be wrong."""
    assert check_path() == []
    settings.FORCE_SCRIPT_NAME = "/shop"
    assert [error.id for error in check_path()] == ["web.E001"]


def test_missing_static_files_are_reported(settings: Settings, tmp_path: Path) -> None:
    """F16: without `collectstatic` every page is 500."""
    assert check_static_files() == []
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    assert [error.id for error in check_static_files()] == ["web.E002"]

    call_command("collectstatic", interactive=False, verbosity=0)

    assert check_static_files() == []


def test_cache_that_cannot_count_is_reported(settings: Settings) -> None:
    """No password would be accepted with it."""
    assert check_cache() == []
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert not hasattr(caches["default"], "count")

    assert [error.id for error in check_cache()] == ["web.E003"]


def test_missing_logo_of_emails_is_reported(settings: Settings, tmp_path: Path) -> None:
    assert check_email_logo() == []
    settings.BRAND = settings.BRAND | {"email_logo": str(tmp_path / "logo.png")}
    assert [error.id for error in check_email_logo()] == ["web.E004"]
    (tmp_path / "logo.png").write_bytes(b"")
    assert check_email_logo() == []
