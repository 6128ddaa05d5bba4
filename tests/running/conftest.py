"""Fixtures of the tests of running services."""

from __future__ import annotations

from tests.servers.development import serve  # noqa: F401 - a fixture
