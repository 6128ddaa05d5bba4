"""Deployment errors that `manage.py check` reports."""

from pathlib import Path

from django.core.management import call_command
from pytest_django import Settings

from web.checks import check_path, check_static_files

MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


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
