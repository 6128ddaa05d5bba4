"""The benchmark: its command, its results, and the documents that are drawn from them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import documents, generation, over_http, plots, results, shares, wire
from benchmarks.growth import shape
from benchmarks.parts import PARTS
from benchmarks.tables import TABLES
from benchmarks.variants import ALL
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_documents_show_the_results() -> None:
    found = documents.usable(results.read())

    for path in documents.documents():
        text = path.read_text("utf-8")
        assert text == documents.drawn(text, found), f"{path}: run `make benchmark-documents`"
    for path, picture in plots.pictures(found).items():
        assert path.read_text("utf-8") == picture, f"{path}: run `make benchmark-documents`"


def test_every_table_in_a_document_is_drawn_from_measured_parts() -> None:
    used = {
        block["name"]
        for path in documents.documents()
        for block in documents.BLOCK.finditer(path.read_text("utf-8"))
    }

    assert used <= TABLES.keys()
    assert all(needed <= PARTS.keys() for needed, _ in TABLES.values())


def test_times_of_a_busy_machine_are_not_drawn() -> None:
    part = {"load_before": 0.5, "other_cores": 0.1, "figures": {"a": 1}}
    found = {
        "http": part | {"load_before": 9.0},
        "growth": part | {"other_cores": 1.5},
        "processor": part,
        "counts": part | {"load_before": 9.0},
    }

    assert documents.usable(found).keys() == {"processor", "counts"}


def test_a_table_without_results_keeps_its_text() -> None:
    text = "<!-- results: hashes -->\nunknown\n<!-- end of results -->\n"

    assert documents.drawn(text, {}) == text


def measured() -> dict[str, Any]:
    """Return results of every part, in which each cost is 2."""
    kinds = {each.name: dict.fromkeys(each.kinds(), 2.0) for each in ALL}
    names = ("sql", "postgresql_trips", "redis_trips", "rows")
    weights = {"postgresql_bytes": 2, "redis_bytes": 2}
    served = {
        "node_ms": 2,
        "per_second_and_core": 500,
        "per_second": 2,
        "p99_ms": 2,
        "Redis_ms": 2,
    }
    figures: dict[str, Any] = {
        "counts": {
            "requests": {
                name: {kind: dict.fromkeys(names, 2) for kind in found}
                for name, found in kinds.items()
            },
            "stored": {
                name: {kind: weights for kind in found if "sign_in" in kind}
                for name, found in kinds.items()
            },
        },
        "instructions": kinds,
        "processor": {
            "requests": {
                name: {kind: {"median": 2} for kind in found} for name, found in kinds.items()
            },
            "hashes": {name: {"hash_ms": 2, "sign_in_ms": 2} for name in kinds},
        },
        "memory_and_start": {
            "memory_mib": {name: {"start": 2, "used": 2} for name in kinds},
            "start_s": dict.fromkeys(kinds, 2),
        },
        "profiles": {
            "requests": {"jwt, GET": {"redis": 50, "jwt": 50}},
            "starts": {"ours both": {"redis": 20, "this template": 2}},
            "memory_mib": {"ours both": {"redis": 2}},
        },
        "http": {
            "requests": {
                each.name: dict.fromkeys(over_http.kinds(each), served)
                for each in ALL
                if each.name.startswith("ours") and "," not in each.name
            },
            "configurations": {
                name: dict.fromkeys(("page get", "api get", "api sign_in"), served)
                for name in over_http.CONFIGURATIONS
            },
        },
        "growth": {
            "milliseconds": {"refresh": {"1000": 2, "2000": 2}},
            "plans": {"refresh": {"2000": {"scans": ["Seq Scan on users"], "pages": 2}}},
            "revoke_all_ms": {size: {"wall": 2, "cpu": 2} for size in ("1000", "2000")},
            "clean_up_us_per_row": {"1000": 2, "2000": 2},
        },
        "generation": {"empty template": {"cpu_s": 2, "programs": None}},
        "first_request": {"session": {"total": 2}},
    }
    about = {"taken": "2030-01-01 00:00 UTC", "commit": "abc", "load_before": 0, "other_cores": 0}
    about |= {
        "machine": {"cores": 2, "processor": "P", "system": "S"},
        "versions": {"django": "5"},
    }
    return {name: about | {"figures": part} for name, part in figures.items()}


@pytest.mark.parametrize("name", TABLES)
def test_each_table_can_be_drawn(name: str) -> None:
    needed, draw = TABLES[name]
    found = measured()
    assert found.keys() == PARTS.keys()

    assert len(draw(found)) > 10
    if needed:
        # And with no more than it needs.
        assert draw({part: found[part] for part in needed})


def test_small_packages_are_one_row_in_any_order() -> None:
    small = {"a": 0.1, "b": 0.2, "c": 0.3}
    backwards = dict(reversed(small.items()))

    assert shares.by_package({"jwt": small | {"d": 9}}, 1) == {"d": [9], shares.OTHERS: [0.6]}
    assert shares.by_package({"jwt": backwards}, 1) == {shares.OTHERS: [0.6]}


def test_pictures_are_drawn() -> None:
    assert len(plots.pictures(measured())) == len(plots.PICTURES)


def test_each_variant_measures_a_request_with_credentials() -> None:
    assert len({each.name for each in ALL}) == len(ALL)
    for variant in ALL:
        assert any(name.startswith("get") for name in variant.kinds()), variant
        assert {kind.split()[0] for kind in variant.kinds().values()} <= variant.clients.keys()


class TestWire:
    def test_statements_of_postgresql(self) -> None:
        first = (12).to_bytes(4) + (196608).to_bytes(4) + b"a\0b\0"
        begin, empty = b"BEGIN\0", b"\0"
        sent = bytearray(first)
        for text in (begin, empty):
            sent += b"Q" + (len(text) + 4).to_bytes(4) + text
        parse = b"\0SELECT 1\0\0\0"
        sent += b"P" + (len(parse) + 4).to_bytes(4) + parse + b"S"

        assert wire.read_postgresql(sent, [True]) == ["BEGIN", "SELECT 1"]
        # The beginning of a message waits for its end.
        assert sent == b"S"

    def test_commands_of_redis(self) -> None:
        sent = bytearray(b"*2\r\n$3\r\nget\r\n$4\r\n*1\r\n\r\n*1\r\n$4\r\nEX")

        assert wire.read_redis(sent, [False]) == ["GET"]
        assert sent == b"*1\r\n$4\r\nEX"

    def test_a_trip_ends_with_the_response(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                while connection.recv(1000):
                    connection.sendall(b"+OK\r\n")

        threading.Thread(target=answer, daemon=True).start()
        with server, wire.redis(url) as proxy:
            port = int(proxy.url(url).rpartition(":")[2].partition("/")[0])
            with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
                for _ in range(2):
                    client.sendall(b"*1\r\n$4\r\nPING\r\n" * 2)
                    assert client.recv(1000)

        assert proxy.traffic.trips == 2
        assert proxy.traffic.statements == ["PING"] * 4


def test_tables_read_in_full_are_found_at_any_depth() -> None:
    scan = {"Node Type": "Seq Scan", "Relation Name": "users"}
    lookup = {"Node Type": "Index Scan", "Relation Name": "users", "Index Name": "by_email"}
    plan: dict[str, Any] = {"Node Type": "Nested Loop", "Plans": [scan, lookup]}
    plan |= {"Shared Hit Blocks": 3, "Shared Read Blocks": 4}

    found = shape([{"Plan": plan}])

    assert found["scans"] == ["Index Scan on users (by_email)", "Seq Scan on users"]
    assert found["pages"] == 7


def test_generation_is_measured_next_to_an_empty_template(tmp_path: Path) -> None:
    assert generation.seconds(generation.empty_template(tmp_path), generation.EMPTY) > 0


def test_an_unknown_part_is_rejected() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--parts", "counts,speed"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert re.search(r"--parts: speed: choose from .*counts", done.stderr)


@pytest.mark.slow
@pytest.mark.nightly
def test_the_quick_benchmark(tmp_path: Path) -> None:
    target = tmp_path / "results.json"
    words = ["-m", "benchmarks", "--quick", "--results", str(target)]
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True)
    found = json.loads(target.read_text())

    assert found.keys() == PARTS.keys()
    for name, part in found.items():
        assert part["versions"]["django"], name
        assert part["taken"], name
    # All tables can be drawn from what the command writes; `jwt` is its sample of the models.
    for name, (needed, draw) in TABLES.items():
        assert needed <= found.keys()
        assert name.endswith((" session", " both")) or draw(found)
