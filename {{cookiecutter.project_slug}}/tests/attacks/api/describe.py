"""Descriptions of API endpoints in the list of reviewed routes."""

from typing import Any

from tests.attacks.routes import methods


def describe(route: str, view: Any) -> tuple[str, str] | None:
    """Return the name of a route with its methods, permissions and credentials."""
    api = getattr(view, "cls", None)
    if api is None:
        return None
    who = ", ".join(permission.__name__ for permission in api.permission_classes)
    how = ", ".join(credential.__name__ for credential in api.authentication_classes)
    return route, f"{methods(view, api)} | {who} | {how or 'no credential'}"
