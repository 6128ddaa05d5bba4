"""Tables of the documents, drawn from the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import capacity, plots, shares
from benchmarks.comparisons import (
    FLOOR,
    LABELS,
    Results,
    cost,
    count,
    layers,
    number,
    parts_of_a_read,
    ratios,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def requests(results: Results, kinds: Sequence[str]) -> str:
    """Return the costs of some kinds of requests for all variants that have one of them."""
    base = cost(results, "processor", FLOOR, "get")
    rows = []
    traffic = results["counts"]["figures"]["requests"]
    for variant, label in LABELS.items():
        for kind in kinds:
            if kind not in traffic.get(variant, {}):
                continue
            found = traffic[variant][kind]
            spent = cost(results, "processor", variant, kind)
            suffix = kind.partition(", ")[2]
            rows.append(
                [
                    f"{label}{', ' if suffix else ''}{suffix}",
                    number(spent),
                    number(spent / base, 1) if spent and base else "–",
                    number(cost(results, "instructions", variant, kind), 2),
                    count(found["sql"]),
                    count(found["postgresql_trips"]),
                    count(found["redis_trips"]),
                    count(found["rows"]),
                ]
            )
    head = ["", "CPU, µs", "÷ no authentication", "million instructions"]
    head += ["SQL", "PostgreSQL trips", "Redis trips", "new rows"]
    return table(head, rows)


def kind_table(what: str) -> Callable[[Results], str]:
    """Return a function that draws the table of a kind of request."""
    return lambda results: requests(results, [what, f"{what}, page", f"{what}, api"])


def hashes(results: Results) -> str:
    """Return the costs of a sign-in with its hash."""
    rows = [
        [
            label,
            number(found["hash_ms"], 1),
            number(found["sign_in_ms"], 1),
            number(found["sign_in_ms"] / found["hash_ms"], 2),
        ]
        for variant, label in LABELS.items()
        if (found := results["processor"]["figures"]["hashes"].get(variant))
    ]
    return table(["", "hash alone, ms", "sign-in, ms", "sign-in ÷ hash"], rows)


def stored(results: Results) -> str:
    """Return the bytes of a sign-in."""
    rows = []
    for variant, label in LABELS.items():
        for kind, found in results["counts"]["figures"]["stored"].get(variant, {}).items():
            suffix = kind.partition(", ")[2]
            rows.append(
                [
                    f"{label}{', ' if suffix else ''}{suffix}",
                    number(found["postgresql_bytes"]),
                    number(found["redis_bytes"]),
                ]
            )
    return table(["bytes for each sign-in", "PostgreSQL, with indexes", "Redis"], rows)


def memory_and_start(results: Results) -> str:
    """Return the memory and the start of a process."""
    figures = results["memory_and_start"]["figures"]
    rows = [
        [
            label,
            number(found["start"]),
            number(found["used"]),
            number(figures["start_s"][variant], 2),
        ]
        for variant, label in LABELS.items()
        if (found := figures["memory_mib"].get(variant))
    ]
    head = ["", "MiB after the start", "MiB after 1,000 GETs", "CPU to start, s"]
    return table(head, rows)


def growth(results: Results) -> str:
    """Return the times of requests by the number of sign-ins, and what they read."""
    figures = results["growth"]["figures"]
    rows = []
    for kind, times in figures["milliseconds"].items():
        sizes = sorted(times, key=int)
        values = [times[size] for size in sizes]
        plan = figures["plans"][kind][sizes[-1]]
        scanned = sorted(
            {each.removeprefix("Seq Scan on ") for each in plan["scans"] if "Seq Scan" in each}
        )
        rows.append(
            [
                kind,
                *(number(value, 2) for value in values),
                number(values[-1] / values[0], 2),
                number(plan["pages"]),
                ", ".join(f"`{name}`" for name in scanned) or "none",
            ]
        )
    revoked, cleaned = figures["revoke_all_ms"], figures["clean_up_us_per_row"]
    sizes = sorted(cleaned, key=int)
    for label, digits, costs in (
        ("1,000 sign-ins revoked together", 1, {size: revoked[size]["wall"] for size in sizes}),
        ("– their CPU time", 1, {size: revoked[size]["cpu"] for size in sizes}),
        ("cleanup, µs for each deleted row", 0, cleaned),
    ):
        values = [costs[size] for size in sizes]
        growth = number(values[-1] / values[0], 2)
        rows.append([label, *(number(value, digits) for value in values), growth, "–", "–"])
    head = ["ms, by number of sign-ins", *(f"{int(size):,}" for size in sizes), "last ÷ first"]
    return table([*head, "pages read", "tables read in full"], rows)


def generation(results: Results) -> str:
    """Return the costs of generating a project."""
    figures = results["generation"]["figures"]
    base = figures["empty template"]["cpu_s"]
    rows = [
        [
            name,
            number(found["cpu_s"], 2),
            number(found["cpu_s"] / base, 1),
            count(found["programs"]),
        ]
        for name, found in figures.items()
    ]
    return table(["template", "CPU, s", "÷ empty template", "programs"], rows)


def first_request(results: Results) -> str:
    """Return the way from nothing to the first signed-in request."""
    figures = results["first_request"]["figures"]
    steps = list(next(iter(figures.values())))
    rows = [[step, *(number(found[step], 1) for found in figures.values())] for step in steps]
    return table(["seconds", *(f"`{auth}`" for auth in figures)], rows)


def conditions(results: Results) -> str:
    """Return when and under which load each part was measured."""
    rows = [
        [
            f"`{part}`",
            found["taken"],
            f"`{found['commit']}`",
            f"{found['load_before']:.1f}",
            f"{found['other_cores']:.1f}",
        ]
        for part, found in sorted(results.items())
    ]
    return table(["part", "measured", "commit", "load before", "cores that others used"], rows)


def versions(results: Results) -> str:
    """Return the machine and the versions of the newest part."""
    newest = max(results.values(), key=lambda part: str(part["taken"]))
    about = newest["machine"]
    names = ", ".join(f"{name} {version}" for name, version in newest["versions"].items())
    return f"{about['cores']} cores, {about['processor']}, {about['system']}; {names}."


# Each table by its name in the documents, with the parts of the results that it needs.
TABLES: dict[str, tuple[set[str], Callable[[Results], str]]] = {
    "ratios": ({"instructions"}, ratios),
    "picture of reads": ({"instructions"}, plots.picture("costs-of-reads.svg")),
    "picture of refreshes": ({"instructions"}, plots.picture("costs-of-refreshes.svg")),
    "picture of sign-ins": ({"instructions"}, plots.picture("costs-of-sign-ins.svg")),
    "reads": ({"counts"}, kind_table("get")),
    "parts of a read": ({"instructions"}, parts_of_a_read),
    "layers": ({"instructions"}, layers),
    "refreshes": ({"counts"}, kind_table("refresh")),
    "sign-ins": ({"counts"}, kind_table("sign_in")),
    "sign-outs": ({"counts"}, kind_table("sign_out")),
    "hashes": ({"processor"}, hashes),
    "stored": ({"counts"}, stored),
    "memory and start": ({"memory_and_start"}, memory_and_start),
    "profiles of requests": ({"profiles"}, shares.of_requests),
    "profiles of starts": ({"profiles"}, shares.of_starts),
    "profiles of memory": ({"profiles"}, shares.of_memory),
    "growth": ({"growth"}, growth),
    "generation": ({"generation"}, generation),
    "first request": ({"first_request"}, first_request),
    "conditions": (set(), conditions),
    "versions": (set(), versions),
    **{
        f"{what} {auth}": (needed, draw(auth))
        for what, needed, draw in (
            ("requests", {"http"}, capacity.requests),
            ("bytes", {"counts"}, capacity.stored),
            ("nodes", {"http", "counts"}, capacity.nodes),
            ("configurations", {"http"}, capacity.configurations),
        )
        for auth in ("session", "jwt", "both")
    },
}
