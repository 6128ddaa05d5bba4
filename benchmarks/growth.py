"""Costs and plans of requests with few and with many sign-ins in the database."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from benchmarks.variants import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.nodes import Laboratory

Figures = dict[str, Any]
SMALL = ((1_000, 50),)
LARGE = ((100_000, 5_000), (2_000_000, 100_000))
VARIANT = next(each for each in OURS if each.project == "both")
KINDS = {
    "sign-in on a page": "page sign_in",
    "sign-in to the API": "api sign_in",
    "refresh": "api refresh",
    "page": "page /page/hello/",
    "API call": "api /api/hello/",
    "list of sign-ins": "api /api/auth/sign-ins/",
    "sign-out on a page": "page sign_out",
    "sign-out of the API": "api sign_out",
}
# How many sign-ins of one user are revoked together.
MANY = 1000
# Copies a row of each table, with other keys. Half of the sign-ins are sessions, and a tenth have
# expired long enough to be deleted.
FILL = """
DO $$
DECLARE
    users text; sign_ins text;
BEGIN
    SELECT string_agg(CASE column_name
        WHEN 'id' THEN 'gen_random_uuid()'
        WHEN 'email' THEN '''filler'' || n || ''@example.com'''
        ELSE 'o.' || quote_ident(column_name) END, ', ' ORDER BY ordinal_position)
    INTO users FROM information_schema.columns WHERE table_name = 'accounts_user';
    EXECUTE 'INSERT INTO accounts_user SELECT ' || users || ' FROM generate_series(1, {users}) n,'
        || ' (SELECT * FROM accounts_user LIMIT 1) o';
    CREATE TEMPORARY TABLE numbered AS
        SELECT id, row_number() OVER () - 1 AS place FROM accounts_user
        WHERE email LIKE 'filler%';
    CREATE INDEX ON numbered (place);
    SELECT string_agg(CASE column_name
        WHEN 'id' THEN 'gen_random_uuid()'
        WHEN 'user_id' THEN 'u.id'
        WHEN 'kind' THEN 'CASE WHEN n % 2 = 0 THEN ''session'' ELSE ''token'' END'
        WHEN 'credential_hash' THEN 'encode(sha256((''filler'' || n)::bytea), ''hex'')'
        WHEN 'idle_ends_at' THEN 'CASE WHEN n % 10 = 0 THEN now() - interval ''60 days'''
            || ' ELSE o.idle_ends_at END'
        ELSE 'o.' || quote_ident(column_name) END, ', ' ORDER BY ordinal_position)
    INTO sign_ins FROM information_schema.columns WHERE table_name = 'accounts_signin';
    EXECUTE 'INSERT INTO accounts_signin SELECT ' || sign_ins
        || ' FROM generate_series(1, {sign_ins}) n JOIN numbered u ON u.place = n % {users},'
        || ' (SELECT * FROM accounts_signin LIMIT 1) o';
    INSERT INTO session_auth_browsersession (sign_in_id, session_key)
        SELECT id, substr(credential_hash, 1, 40) FROM accounts_signin
        WHERE kind = 'session' ON CONFLICT DO NOTHING;
    INSERT INTO django_session (session_key, session_data, expire_date)
        SELECT session_key, repeat('x', 200), now() + interval '1 hour'
        FROM session_auth_browsersession ON CONFLICT DO NOTHING;
END $$
"""


def measure(
    laboratory: Laboratory, sizes: tuple[tuple[int, int], ...], rounds: int, requests: int = 5
) -> Figures:
    """Return the milliseconds and the plans of each kind of request, by number of sign-ins.

    Args:
        laboratory: the servers and projects.
        sizes: pairs of a number of sign-ins and a number of users.
        rounds: how often each database takes its turn.
        requests: requests of each kind in a round.
    """
    samples: dict[str, dict[int, list[float]]] = {name: {} for name in KINDS}
    plans: dict[str, dict[int, Figures]] = {name: {} for name in KINDS}
    cleaned: dict[int, Figures] = {}
    revoked: dict[int, list[Figures]] = {}
    urls = {sign_ins: fill(laboratory, sign_ins, users) for sign_ins, users in sizes}
    for _ in range(rounds):
        for sign_ins, url in urls.items():
            with laboratory.node(VARIANT, database=url) as node:
                node.do("without_hash")
                for name, kind in KINDS.items():
                    # The first round of a process opens its connections.
                    node.do("round", kind=kind, number=2)
                    wall = node.do("round", kind=kind, number=requests)["wall"]
                    samples[name].setdefault(sign_ins, []).append(1e3 * wall)
                node.do("revoke_all", number=1)
                revoked.setdefault(sign_ins, []).append(node.do("revoke_all", number=MANY))
    for sign_ins, url in urls.items():
        with laboratory.node(VARIANT, database=url) as node:
            node.do("without_hash")
            for name, kind in KINDS.items():
                plans[name][sign_ins] = shape(node.do("explain", kind=kind))
        # In a process of its own, whose connections report no plans: those of many deleted rows
        # took gigabytes.
        with laboratory.node(VARIANT, database=url) as node:
            cleaned[sign_ins] = node.do("command", words=["clean_up"])
    return {
        "milliseconds": {
            name: {str(n): round(statistics.median(each), 2) for n, each in by_size.items()}
            for name, by_size in samples.items()
        },
        "plans": {
            name: {str(n): each for n, each in by_size.items()} for name, by_size in plans.items()
        },
        "revoke_all_ms": {
            str(n): {
                what: round(1e3 * statistics.median(each[what] for each in found), 1)
                for what in ("wall", "cpu")
            }
            for n, found in revoked.items()
        },
        # A tenth of the sign-ins is deleted.
        "clean_up_us_per_row": {
            str(n): round(1e6 * each["wall"] / (n / 10), 1) for n, each in cleaned.items()
        },
    }


def fill(laboratory: Laboratory, sign_ins: int, users: int) -> str:
    """Create a database with a number of sign-ins and users, and return its URL."""
    url = laboratory.servers.create(f"grown_{sign_ins}")
    laboratory.manage(VARIANT, "migrate", "-v0", database=url)
    with laboratory.node(VARIANT, database=url) as node:
        node.do("users")
        node.do("round", kind="api sign_in", number=1)
    statement = FILL.format(sign_ins=sign_ins, users=users)
    laboratory.servers.execute(url, statement, "VACUUM ANALYZE")
    return url


def nodes_of(plan: Figures) -> Iterator[Figures]:
    """Yield all nodes of a plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes_of(child)


def shape(plans: list[Figures]) -> Figures:
    """Return the nodes of the plans that read tables, and the number of pages that they read."""
    scans, pages = [], 0
    for plan in plans:
        root = plan["Plan"]
        pages += root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0)
        for node in nodes_of(root):
            if "Relation Name" in node and node["Node Type"] != "ModifyTable":
                index = f" ({node['Index Name']})" if "Index Name" in node else ""
                scans.append(f"{node['Node Type']} on {node['Relation Name']}{index}")
    return {"scans": sorted(set(scans)), "statements": len(plans), "pages": pages}
