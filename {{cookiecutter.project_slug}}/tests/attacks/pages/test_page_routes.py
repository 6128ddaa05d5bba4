"""B13: who may open which page, and with which methods."""

from pathlib import Path
from typing import Any

from tests.attacks.routes import listed, methods, routes


def line(route: str, view: Any) -> str:
    who = "signed in" if getattr(view, "login_required", True) else "everybody"
    if hasattr(view, "admin_site"):
        who = "staff"
    exempt = " | no CSRF check" if getattr(view, "csrf_exempt", False) else ""
    return f"{route or '(empty)'} | {methods(getattr(view, 'view_class', None))} | {who}{exempt}"


def test_b13_every_page_is_for_whom_the_list_says() -> None:
    """B13, S08, W28, ASVS 8.1.1: and no page goes without its CSRF check."""
    looked_at = listed(Path(__file__).parent)
    pages = {route: line(route, view) for route, view in routes().items() if route in looked_at}

    assert pages == looked_at
    assert not any("no CSRF check" in known for known in looked_at.values())
