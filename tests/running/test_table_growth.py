"""A sign-in in use leaves no additional rows in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.gunicorn import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Install

pytestmark = pytest.mark.slow

REFRESH = """
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from web.client_info import ClientInfo
from accounts.models import User
from token_auth import services
from token_auth.tokens import verified_refresh

def rows():
    return sum(model._base_manager.count() for model in apps.get_models())

# No client may refresh as often as this.
settings.RATE_LIMITS["refreshes"] = (20_000, 60)
with transaction.atomic():
    pair = services.obtain(User.objects.get(email="0@example.com"), ClientInfo(None, ""))
    before, first = rows(), pair
    for _ in range({times}):
        pair = services.refresh(verified_refresh(pair.refresh))
assert pair.refresh != first.refresh
assert rows() == before, (before, rows())
call_command("clean_up", "--keep-days", "0")
assert rows() == before
"""


@pytest.mark.parametrize("times", [1_000, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_refreshes_add_no_row(bake_with_venv: Install, tmp_path: Path, times: int) -> None:
    baked, python = bake_with_venv("jwt")
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.development"}
    project = Project(baked.copy_to(tmp_path).path, python, settings)
    project.prepare()

    project.manage("shell", "-v0", "-c", REFRESH.format(times=times))
