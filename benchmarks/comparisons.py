"""Tables that compare variants with each other, and what all tables share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.variants import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Results = dict[str, Any]
FLOOR = "no authentication"
# Labels of the variants, and the kinds of requests that belong to each table.
LABELS = {
    FLOOR: "no authentication",
    "drf_token": "DRF TokenAuthentication",
    "simplejwt": "simplejwt",
    "simplejwt_blacklist": "simplejwt, rotation and blacklist",
    "knox": "django-rest-knox",
    "allauth_jwt": "allauth headless, JWT",
    "sessions_db": "Django sessions, `db`",
    "sessions_cached_db": "Django sessions, `cached_db`",
    "ours session": "**this template, `session`**",
    "ours jwt": "**this template, `jwt`**",
    "ours both": "**this template, `both`**",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with separators, or a dash if there is none."""
    if value is None:
        return "–"
    return f"{value:,.{digits}f}"


def count(value: float | None) -> str:
    """Return a number that is usually whole."""
    return "–" if value is None else f"{value:g}"


def cost(results: Results, part: str, variant: str, kind: str) -> float | None:
    """Return the cost of a kind of request in a part, or None if it was not measured."""
    figures = results.get(part, {}).get("figures", {})
    figures = figures.get("requests", {}) if part == "processor" else figures
    found = figures.get(variant, {}).get(kind)
    value: float | None = found["median"] if isinstance(found, dict) else found
    return value


def parts_of_a_read(results: Results) -> str:
    """Return where the cost of an authenticated GET comes from."""
    plain = ("ours jwt, startproject's middleware", "no_authentication")
    ours, bare = ("ours jwt", "get"), ("ours jwt", "no_authentication")
    stock, simple = ("ours jwt", "simplejwt_class"), ("simplejwt", "get")
    floor = (FLOOR, "get")
    lines = [
        ("logs, headers and checks of `jwt`, without authentication", bare, floor),
        ("logs, headers and checks of `session`", ("ours session", "no_authentication"), floor),
        ("authentication of `jwt`, in its own project", ours, bare),
        ("authentication of simplejwt, in the same project", stock, bare),
        ("authentication of simplejwt, in its quick start", simple, floor),
        (
            "authentication of simplejwt without loading the user",
            ("simplejwt", "stateless"),
            floor,
        ),
        (
            "authentication of `jwt`, in the middleware of `startproject`",
            (plain[0], "get"),
            plain,
        ),
        (
            "immediate revocation, by the cache",
            ours,
            ("ours jwt, revocation none", "get"),
        ),
        (
            "immediate revocation, by the database",
            ("ours jwt, revocation database", "get"),
            ("ours jwt, revocation none", "get"),
        ),
        ("reading a field of the user, `jwt`", ("ours jwt", "get_field"), ours),
        ("reading a field of the user, simplejwt", ("simplejwt", "get_field"), simple),
    ]
    rows = []
    for label, with_it, without in lines:
        row = [label]
        for part, digits in (("processor", 0), ("instructions", 2)):
            more, less = cost(results, part, *with_it), cost(results, part, *without)
            row.append(number(more - less, digits) if more and less else "–")
        rows.append(row)
    return table(["part", "CPU, µs", "million instructions"], rows)


def layers(results: Results) -> str:
    """Return what each part of the middleware costs, and what all of it costs."""
    whole = cost(results, "instructions", "ours jwt", "no_authentication")
    floor = cost(results, "instructions", FLOOR, "get")

    def row(label: str, less: float | None) -> list[str]:
        return [label, number(whole - less if whole and less else None, 2)]

    rows = [
        row(name, cost(results, "instructions", f"without {name}", "no_authentication"))
        for name in LAYERS
    ]
    everything = row("all that `startproject` does not have", floor)
    return table(["part of the middleware of `jwt`", "million instructions"], [*rows, everything])


def ratios(results: Results) -> str:
    """Return the ratios of the alternatives' costs to ours, greater than 1 where we are faster."""

    def ratio(part: str, theirs: tuple[str, str], ours: tuple[str, str]) -> str:
        top, bottom = cost(results, part, *theirs), cost(results, part, *ours)
        return number(top / bottom, 2) if top and bottom else "–"

    def difference(part: str, whole: tuple[str, str], bare: tuple[str, str]) -> float:
        return (cost(results, part, *whole) or 0) - (cost(results, part, *bare) or 0)

    pairs = [
        ("GET: simplejwt ÷ `jwt`", ("simplejwt", "get"), ("ours jwt", "get")),
        (
            "GET that reads a field of the user: simplejwt ÷ `jwt`",
            ("simplejwt", "get_field"),
            ("ours jwt", "get_field"),
        ),
        (
            "GET without revocation and user: simplejwt's stateless user ÷ `jwt`",
            ("simplejwt", "stateless"),
            ("ours jwt", "get"),
        ),
        ("page: Django's `db` ÷ `session`", ("sessions_db", "get"), ("ours session", "get")),
        (
            "page: Django's `cached_db` ÷ `session`",
            ("sessions_cached_db", "get"),
            ("ours session", "get"),
        ),
        (
            "refresh: simplejwt with rotation and blacklist ÷ `jwt`",
            ("simplejwt_blacklist", "refresh"),
            ("ours jwt", "refresh"),
        ),
        (
            "sign-in without the hash: simplejwt ÷ `jwt`",
            ("simplejwt", "sign_in"),
            ("ours jwt", "sign_in"),
        ),
        (
            "sign-in without the hash: Django's `db` ÷ `session`",
            ("sessions_db", "sign_in"),
            ("ours session", "sign_in"),
        ),
        (
            "sign-out: simplejwt's blacklist ÷ `jwt`",
            ("simplejwt_blacklist", "sign_out"),
            ("ours jwt", "sign_out"),
        ),
        (
            "sign-out: Django's `db` ÷ `session`",
            ("sessions_db", "sign_out"),
            ("ours session", "sign_out"),
        ),
    ]
    rows = [
        [label, *(ratio(part, theirs, ours) for part in ("processor", "instructions"))]
        for label, theirs, ours in pairs
    ]
    alone = ["authentication alone, in the same project: simplejwt ÷ `jwt`"]
    for part in ("processor", "instructions"):
        bare = ("ours jwt", "no_authentication")
        ours = difference(part, ("ours jwt", "get"), bare)
        theirs = difference(part, ("ours jwt", "simplejwt_class"), bare)
        alone.append(number(theirs / ours, 2) if ours > 0 and theirs > 0 else "–")
    head = ["above 1: this template is faster", "by CPU time", "by instructions"]
    return table(head, [alone, *rows])
