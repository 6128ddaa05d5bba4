"""The routes of the project, and the lists of routes that were reviewed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

HERE = Path(__file__).parent
OWN = HERE / "routes.txt"
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"
# The apps whose pages in the admin belong to the template.
ADMIN_APPS = {"accounts", "auth"}


class Reviewed(NamedTuple):
    """A line in a list of reviewed routes."""

    line: str
    path: Path


def routes() -> dict[str, str]:
    """Return the line of each route; of two patterns for one route the first counts."""
    found: dict[str, str] = {}
    for route, view in _views(get_resolver(), ""):
        if not _is_admin_of_a_team(route):
            name = _route_name(route)
            found.setdefault(name, f"{name} | {_described(view)}")
    return found


def reviewed() -> dict[str, Reviewed]:
    """Return the line of each reviewed route; the list of the project's own routes counts most."""
    lists = sorted(HERE.rglob("reviewed_routes.txt"), key=lambda path: path.parent.name == "both")
    return {
        line.partition(" | ")[0]: Reviewed(line, path)
        for path in [*lists, OWN]
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    }


def report(found: dict[str, str], known: dict[str, Reviewed], own: Path = OWN) -> str:
    """Return what has to be changed in the lists, or an empty text.

    Args:
        found: the line of each route of the project.
        known: the reviewed line of each route.
        own: the list to add to.
    """
    new = [
        line
        for route, line in found.items()
        if (known[route].line if route in known else None) != line
    ]
    gone = [reviewed for route, reviewed in known.items() if route not in found]
    parts = []
    if new:
        parts += [f"Review these routes, then add the lines to {_relative(own)}:", *new]
    for path in sorted({reviewed.path for reviewed in gone}):
        parts.append(f"These routes are gone. Delete the lines from {_relative(path)}:")
        parts += [reviewed.line for reviewed in gone if reviewed.path == path]
    return "\n".join(parts)


def _relative(path: Path) -> str:
    return path.relative_to(HERE.parents[1]).as_posix()


def _route_name(route: str) -> str:
    return re.sub(r"\^\(\?P<app_label>[^)]*\)/\$$", "<app_label>/", route) or "(empty)"


def _is_admin_of_a_team(route: str) -> bool:
    admin = getattr(settings, "ADMIN_URL", None)
    found = re.match(rf"{admin}(\w+)/\w+/", route) if admin else None
    return found is not None and found[1] in apps.app_configs and found[1] not in ADMIN_APPS


def _described(view: Any) -> str:
    """Return who may call a view, with which methods and credentials."""
    api = getattr(view, "cls", None)
    if api is not None:
        who = ", ".join(c.__name__ for c in api.permission_classes)
        how = ", ".join(c.__name__ for c in api.authentication_classes) or "no credential"
        return f"{_methods(view, api)} | {who} | {how}"
    page = getattr(view, "view_class", None)
    required = LOGIN_REQUIRED in settings.MIDDLEWARE and getattr(view, "login_required", True)
    who = "signed in" if required else "everybody"
    if hasattr(view, "admin_site"):
        who = "staff"
    exempt = " | no CSRF check" if getattr(view, "csrf_exempt", False) else ""
    return f"{_methods(view, page)} | {who}{exempt}"


def _methods(view: Any, cls: Any) -> str:
    if cls is None:
        return "any method"
    actions = getattr(view, "actions", None)
    names = {name.upper() for name in actions or cls.http_method_names}
    if not actions:
        names = {name for name in names if hasattr(cls, name.lower())}
    return " ".join(sorted(names - {"OPTIONS", "HEAD"}))


def _views(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback
