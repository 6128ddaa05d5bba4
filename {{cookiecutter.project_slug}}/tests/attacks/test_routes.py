"""B13: no route appears that nobody has looked at."""

from tests.attacks.routes import listed, routes


def test_b13_every_route_is_listed() -> None:
    """B13, ASVS 6.3.4, 8.1.1: whoever adds a route says in a `routes.txt` what it is."""
    assert set(routes()) == set(listed())
