"""B13: who may make which call, and with which credential."""

from typing import Any

from tests.attacks.routes import listed, methods, routes


def line(route: str, view: Any) -> str:
    how = ", ".join(c.__name__ for c in view.authentication_classes) or "no credential"
    who = ", ".join(c.__name__ for c in view.permission_classes)
    return f"{route} | {methods(view)} | {who} | {how}"


def test_b13_every_call_is_for_whom_the_list_says() -> None:
    """B13, W28, ASVS 6.3.4, 8.1.1."""
    calls = {
        route: line(route, view.cls) for route, view in routes().items() if hasattr(view, "cls")
    }

    known = listed()
    assert calls == {route: known.get(route, "is not listed") for route in calls}
