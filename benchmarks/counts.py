"""Costs that do not depend on the load of the machine: round trips, statements, rows and bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.nodes import Laboratory, Node
    from benchmarks.variants import Variant

Figures = dict[str, Any]
# Enough to nearly fill the pages of tables and indexes.
SIGN_INS = 1000


def measure(laboratory: Laboratory, variants: Sequence[Variant], requests: int = 10) -> Figures:
    """Return the traffic and number of new rows for each kind of request, by variant."""
    servers = laboratory.servers
    found: Figures = {}
    with wire.postgresql(servers.database) as sql, wire.redis(servers.redis) as cache:
        for variant in variants:
            database = sql.url(servers.url_of(variant.project))
            with laboratory.node(
                variant, database=database, redis=cache.url(servers.redis)
            ) as node:
                found[variant.name] = {
                    name: traffic(node, kind, requests, sql.traffic, cache.traffic)
                    for name, kind in variant.kinds().items()
                }
    return found


def traffic(
    node: Node, kind: str, requests: int, sql: wire.Traffic, cache: wire.Traffic
) -> Figures:
    """Return the mean traffic and number of new rows of one kind of request."""
    node.do("prepare", kind=kind, number=requests)
    rows = sum(node.do("rows").values())
    sql.reset()
    cache.reset()
    node.do("send")
    found = {
        "postgresql_trips": sql.trips,
        "sql": len(sql.statements),
        "sql_control": sql.control,
        "redis_trips": cache.trips,
        "redis_commands": len(cache.statements),
    }
    found["rows"] = sum(node.do("rows").values()) - rows
    return {name: round(number / requests, 2) for name, number in found.items()}


def stored(
    laboratory: Laboratory, variants: Sequence[Variant], sign_ins: int = SIGN_INS
) -> Figures:
    """Return the bytes that a sign-in takes in PostgreSQL and Redis, by variant and client."""
    found: Figures = {}
    for variant in variants:
        kinds = {name: kind for name, kind in variant.kinds().items() if "sign_in" in name}
        with laboratory.node(variant) as node:
            node.do("without_hash")
            for name, kind in kinds.items():
                found.setdefault(variant.name, {})[name] = growth(node, kind, sign_ins)
    return found


def growth(node: Node, kind: str, sign_ins: int) -> Figures:
    """Return the bytes that one sign-in takes, in total and by table or kind of key."""
    tables, keys = node.do("sizes"), node.do("keys")
    node.do("round", kind=kind, number=sign_ins)
    more = {
        table: round((size - tables.get(table, 0)) / sign_ins)
        for table, size in node.do("sizes").items()
    }
    by_table = {table: size for table, size in more.items() if size > 0}
    by_key = {}
    for name, (number, size) in node.do("keys").items():
        before = keys.get(name, [0, 0])
        # Rate limits have keys for each user and IP address, not for each sign-in; those of this
        # template are two for each of the users, who are half as many as the sign-ins.
        if number - before[0] >= sign_ins and name != "attempts":
            by_key[name] = round((size - before[1]) / sign_ins)
    return {
        "postgresql_bytes": sum(by_table.values()),
        "redis_bytes": sum(by_key.values()),
        "tables": by_table,
        "keys": by_key,
    }
