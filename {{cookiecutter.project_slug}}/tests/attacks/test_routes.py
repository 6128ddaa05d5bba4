"""B13: every route was reviewed, with its methods, permissions and credentials."""

import pytest

from tests.attacks.routes import OWN, report, reviewed, routes


def test_b13_every_route_is_reviewed() -> None:
    """B13, W28, ASVS 6.3.4, 8.1.1: the failure prints the lines to add."""
    found = report(routes(), reviewed())

    if found:
        pytest.fail(found, pytrace=False)


def test_b13_every_reviewed_page_checks_csrf() -> None:
    """B13, W28, ASVS 8.1.1: your own views may be exempt after a review."""
    lines = [known.line for known in reviewed().values() if known.path != OWN]

    assert not [line for line in lines if line.endswith("no CSRF check")]
