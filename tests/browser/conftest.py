"""The sites that are visited, each started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.site import running
from tests.test_journey import serve  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.site import Site
    from tests.browser.visitor import Visitor
    from tests.conftest import Bake, Baker

    Install = Callable[..., tuple[Bake, Path]]


@pytest.fixture(scope="package", params=["session", "both"])
def any_site(
    request: pytest.FixtureRequest,
    bake_with_venv: Install,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A model with pages."""
    baked, python = bake_with_venv(request.param)
    with running(baked, python, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="package")
def closed_site(
    bake: Baker, bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """One where nobody signs up."""
    _, python = bake_with_venv("session")
    baked = bake(auth="session", registration="closed")
    with running(baked, python, tmp_path_factory.mktemp("closed")) as site:
        yield site


@pytest.fixture
def site(any_site: Site) -> Iterator[Site]:
    """The site; nobody who visits it may leave a complaint behind."""
    yield any_site
    leave(any_site)


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Somebody who has never been there."""
    return site.visitor()


def leave(site: Site) -> None:
    """Close the browsers, which have had nothing to complain about."""
    complaints = [complaint for visitor in site.visitors for complaint in visitor.complaints]
    for visitor in site.visitors:
        visitor.context.close()
    site.visitors.clear()
    assert complaints == []
