"""Fixtures of sites and their visitors; each site is started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.front_end import browser, node, project  # noqa: F401 - fixtures
from tests.browser.site import running
from tests.servers.development import serve  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserType

    from tests.browser.site import Site
    from tests.browser.visitor import Visitor
    from tests.conftest import Baker, Install


@pytest.fixture(scope="package")
def engine() -> Iterator[BrowserType]:
    """The browser engine."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(
    scope="package", params=["session", pytest.param("both", marks=pytest.mark.nightly)]
)
def any_site(
    request: pytest.FixtureRequest,
    bake: Baker,
    bake_with_venv: Install,
    engine: BrowserType,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A site for each model with pages: one with sign-up and passkeys, and one with neither.

    The pages of both are the same files, so it is enough to check those of one in full.
    """
    auth = request.param
    _, python = bake_with_venv("both")
    chosen = {"second_factor": "passkeys"} if auth == "session" else {"registration": "closed"}
    baked = bake(auth=auth, **chosen)
    folder = tmp_path_factory.mktemp("site")
    with running(baked, python, folder, engine, looks=auth == "session") as site:
        yield site


@pytest.fixture
def site(any_site: Site) -> Iterator[Site]:
    """The site. Fail if a visitor's browser reported a problem."""
    yield any_site
    any_site.leave()


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """A new visitor."""
    return site.visitor()
