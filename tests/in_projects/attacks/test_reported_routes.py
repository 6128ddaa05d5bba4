"""B13: what the test of routes reports."""

from pathlib import Path

from tests.attacks.routes import OWN, Reviewed, report


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
