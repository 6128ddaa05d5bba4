"""The routes of the project, and the lists of routes that were reviewed."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

HERE = Path(__file__).parent
OWN = HERE / "routes.txt"


class Reviewed(NamedTuple):
    """A line in a list of reviewed routes."""

    line: str
    path: Path


def routes() -> dict[str, str]:
    """Return the line of each route; of two patterns for one route, the first applies."""
    found: dict[str, str] = {}
    for route, view in _views(get_resolver(), ""):
        name, described = _described(route, view)
        if name:
            found.setdefault(name, f"{name} | {described}")
    return found


def reviewed() -> dict[str, Reviewed]:
    """Return the line of each reviewed route; the project's own list takes precedence."""
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
        parts.append(f"These routes no longer exist. Delete the lines from {_relative(path)}:")
        parts += [reviewed.line for reviewed in gone if reviewed.path == path]
    return "\n".join(parts)


def _relative(path: Path) -> str:
    return path.relative_to(HERE.parents[1]).as_posix()


def methods(view: Any, cls: Any) -> str:
    """Return the methods that a view answers; a function may answer any.

    Args:
        view: what the URL calls.
        cls: the class that the view was made of, if it was.
    """
    if cls is None:
        return "any method"
    actions = getattr(view, "actions", None)
    names = actions or [name for name in cls.http_method_names if hasattr(cls, name)]
    return " ".join(sorted({name.upper() for name in names} - {"OPTIONS", "HEAD"}))


def _described(route: str, view: Any) -> tuple[str, str]:
    """Return the name of a route and who may call it, as its folder describes it."""
    for path in sorted(HERE.glob("*/describe.py")):
        found: tuple[str, str] | None = import_module(
            f"tests.attacks.{path.parent.name}.describe"
        ).describe(route, view)
        if found:
            return found
    return route or "(empty)", f"{methods(view, getattr(view, 'view_class', None))} | everyone"


def _views(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback
