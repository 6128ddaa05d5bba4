"""The routes of the project, and the lists of them that somebody has looked at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

HERE = Path(__file__).parent


def routes() -> dict[str, Any]:
    """Return the view of each route; of two patterns for one route the first counts."""
    found: dict[str, Any] = {}
    for route, pattern in _patterns(get_resolver(), ""):
        found.setdefault(route, pattern)
    return {route: pattern.callback for route, pattern in found.items()}


def listed(folder: Path = HERE) -> dict[str, str]:
    """Return the lines of all lists below a folder, by route; the last list counts."""
    lists = sorted(
        folder.rglob("routes.txt"), key=lambda path: (len(path.parts), path.parent.name == "both")
    )
    lines = (line for path in lists for line in path.read_text("utf-8").splitlines())
    return {line.partition(" | ")[0].removeprefix("(empty)"): line for line in lines}


def methods(view: Any) -> str:
    """Return the methods that a class of views answers."""
    if view is None:
        return "any method"
    names = {name.upper() for name in view.http_method_names if hasattr(view, name)}
    return " ".join(sorted(names - {"OPTIONS", "HEAD"}))


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        else:
            yield route, pattern
