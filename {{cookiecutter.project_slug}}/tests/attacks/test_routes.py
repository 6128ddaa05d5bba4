"""B13: every route was reviewed, with its methods, permissions and credentials."""

from pathlib import Path

import pytest

from tests.attacks.routes import OWN, Reviewed, report, reviewed, routes


def test_b13_every_route_is_reviewed() -> None:
    """B13, W28, ASVS 6.3.4, 8.1.1: the failure prints the lines to add."""
    found = report(routes(), reviewed())

    if found:
        pytest.fail(found, pytrace=False)


def test_b13_every_reviewed_page_checks_csrf() -> None:
    """B13, W28, ASVS 8.1.1: your own views may be exempt after a review."""
    lines = [known.line for known in reviewed().values() if known.path != OWN]

    assert not [line for line in lines if line.endswith("no CSRF check")]


def test_b13_a_new_route_is_reported_with_its_line_and_file() -> None:
    """B13, F03: also a route that became accessible to others."""
    line = "orders/ | GET | signed in"
    opened = {"orders/": "orders/ | GET | everyone"}

    assert report({"orders/": line}, {}).splitlines() == [
        "Review these routes, then add the lines to tests/attacks/routes.txt:",
        line,
    ]
    assert report({"orders/": line}, {"orders/": Reviewed(line, OWN)}) == ""
    assert opened["orders/"] in report(opened, {"orders/": Reviewed(line, OWN)})


def test_b13_removed_route_is_reported_with_its_file() -> None:
    """B13."""
    path = Path(OWN).with_name("reviewed_routes.txt")
    known = {"orders/": Reviewed("orders/ | GET | signed in", path)}

    assert report({}, known).splitlines() == [
        "These routes no longer exist. Delete the lines from tests/attacks/reviewed_routes.txt:",
        "orders/ | GET | signed in",
    ]
