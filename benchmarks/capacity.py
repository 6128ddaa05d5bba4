"""What a number of users needs, calculated from the results, for the generated documents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Results = dict[str, Any]
# The assumptions of the calculation, which the documents state.
USERS = (1_000_000, 10_000_000, 100_000_000)
ACTIVE = 0.2  # of the users on a day
READS, REFRESHES, SIGN_INS = 50, 3, 1  # of an active user on a day
BUSIEST_HOUR = 0.15  # of a day's requests
HIGHEST_USE = 0.5  # of a core in that hour
CORES = 4  # of a node
KEPT_DAYS = 30
LABELS: dict[str, str | dict[str, str]] = {
    "health": "`/health/live/`",
    "get": {"session": "a page", "jwt": "an API call"},
    "get, page": "a page",
    "get, api": "an API call",
    "refresh": "a refresh",
    "refresh, api": "a refresh",
    "sign_in": "signing in",
    "sign_in, page": "signing in on a page",
    "sign_in, api": "signing in to the API",
}

_DAY = (
    "What a number of users needs, calculated from these figures, if a fifth of them is active\n"
    "on a day"
)
_PEAK = (
    "The busiest hour has 15 % of the requests of a day. Nodes and PostgreSQL are used to one\n"
    "half then. PostgreSQL keeps the sign-ins of 30 days:"
)
_APP = "signs in once, refreshes its tokens three times and calls the API 50 times"
ASSUMPTIONS = {
    "session": f"{_DAY}, signs in once and opens 50 pages.\n{_PEAK}",
    "jwt": f"{_DAY}, {_APP}.\n{_PEAK}",
    "both": f"{_DAY}. One half of them uses pages and opens 50, the other half\n{_APP}.\n{_PEAK}",
}
CONFIGURED = (
    "Requests per second with other configurations, and in parentheses the milliseconds within\n"
    "which 99 % of them were answered:"
)
SHOWN = {
    "session": {"page get": "pages"},
    "jwt": {"api get": "API calls", "api sign_in": "sign-ins"},
    "both": {"page get": "pages", "api get": "API calls", "api sign_in": "sign-ins to the API"},
}


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _label(kind: str, auth: str) -> str:
    found = LABELS[kind]
    return found if isinstance(found, str) else found[auth]


def requests(auth: str) -> Callable[[Results], str]:
    """Return a function that draws the costs of each kind of request over HTTP."""

    def draw(results: Results) -> str:
        part = results["http"]
        rows = []
        for kind, found in part["figures"]["requests"][f"ours {auth}"].items():
            servers = [
                f"{found[name]:.2f}" if name in found else "–"
                for name in ("PostgreSQL_ms", "Redis_ms")
            ]
            each = f"{found['node_ms']:.2f}"
            rows.append([_label(kind, auth), each, f"{found['per_second_and_core']:,}", *servers])
        head = ["request", "node, ms", "requests per second and core"]
        taken = (
            f"Measured on {part['taken'][:10]} with 2 workers of 4 threads and wrk with 8\n"
            f"connections, on {part['machine']['cores']} cores that also ran PostgreSQL, Redis\n"
            f"and wrk. The load before was {part['load_before']:.1f}."
        )
        return "\n\n".join([_table([*head, "PostgreSQL, ms", "Redis, ms"], rows), taken])

    return draw


def stored(auth: str) -> Callable[[Results], str]:
    """Return a function that draws the bytes of a sign-in."""

    def draw(results: Results) -> str:
        found = results["counts"]["figures"]["stored"][f"ours {auth}"]
        rows = [
            [_label(kind, auth), f"{each['postgresql_bytes']:,}", f"{each['redis_bytes']:,}"]
            for kind, each in found.items()
        ]
        return _table(["bytes for each", "PostgreSQL, with indexes", "Redis"], rows)

    return draw


def needs(results: Results, auth: str, users: int) -> dict[str, float]:
    """Return what a number of users needs in the busiest hour.

    Returns:
        requests per second, cores of nodes, PostgreSQL and Redis, and gigabytes of each.
    """
    figures = results["http"]["figures"]["requests"][f"ours {auth}"]
    bytes_of = results["counts"]["figures"]["stored"][f"ours {auth}"]
    daily = users * ACTIVE
    # In `both`, half of the users use pages and the other half the API.
    kinds = [kind for kind in figures if kind != "health"]
    is_both = auth == "both"
    rates = {
        kind: daily
        * {"get": READS, "refresh": REFRESHES, "sign_in": SIGN_INS}[kind.partition(", ")[0]]
        * (0.5 if is_both else 1)
        * BUSIEST_HOUR
        / 3600
        for kind in kinds
    }

    def cores(server: str) -> float:
        # Unknown if the server was not started by the benchmark.
        spent = (rates[kind] * figures[kind].get(f"{server}_ms", math.nan) for kind in kinds)
        return float(sum(spent)) / 1000

    signs = {kind: rates[kind] / BUSIEST_HOUR * 3600 for kind in bytes_of}
    return {
        "per_second": sum(rates.values()),
        "node_cores": cores("node") / HIGHEST_USE,
        "postgresql_cores": cores("PostgreSQL") / HIGHEST_USE,
        "redis_cores": cores("Redis"),
        "postgresql_gb": sum(
            signs[kind] * KEPT_DAYS * each["postgresql_bytes"] for kind, each in bytes_of.items()
        )
        / 1e9,
        # Sessions are cached for an hour after their last use.
        "redis_gb": sum(
            signs[kind] * BUSIEST_HOUR * each["redis_bytes"] for kind, each in bytes_of.items()
        )
        / 1e9,
    }


def _cores(number: float, digits: int) -> str:
    return "–" if math.isnan(number) else f"{number:.{digits}f}"


def nodes(auth: str) -> Callable[[Results], str]:
    """Return a function that draws what 1, 10 and 100 million users need."""

    def draw(results: Results) -> str:
        rows = []
        for users in USERS:
            found = needs(results, auth, users)
            rows.append(
                [
                    f"{users // 1_000_000} million",
                    f"{found['per_second']:,.0f}",
                    f"{max(2, math.ceil(found['node_cores'] / CORES)):,}",
                    _cores(found["postgresql_cores"], 1),
                    f"{found['postgresql_gb']:,.0f}",
                    _cores(found["redis_cores"], 2),
                    f"{found['redis_gb']:.1f}",
                ]
            )
        head = ["users", "requests per second", f"nodes of {CORES} cores", "PostgreSQL, cores"]
        head += ["PostgreSQL, GB", "Redis, cores", "Redis, GB"]
        one = needs(results, auth, 1_000_000)
        lines = [ASSUMPTIONS[auth], _table(head, rows)]
        if one["redis_cores"] > 0:
            lines.append(
                "Redis uses one core for commands. With these assumptions, it is fully used at\n"
                f"{1 / one['redis_cores']:,.0f} million users."
            )
        return "\n\n".join(lines)

    return draw


def configurations(auth: str) -> Callable[[Results], str]:
    """Return a function that draws how many requests each configuration of gunicorn answers."""
    shown = [kind for kind in ("page get", "api get", "api sign_in") if kind in SHOWN[auth]]

    def draw(results: Results) -> str:
        rows = [
            [
                name,
                *(
                    f"{found[kind]['per_second']:,.0f} ({found[kind]['p99_ms']:.0f})"
                    for kind in shown
                ),
            ]
            for name, found in results["http"]["figures"]["configurations"].items()
        ]
        return (
            f"{CONFIGURED}\n\n{_table(['configuration', *(SHOWN[auth][k] for k in shown)], rows)}"
        )

    return draw
