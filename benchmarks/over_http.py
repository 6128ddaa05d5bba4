"""Costs of HTTP requests from wrk to gunicorn with the shipped configuration."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.inside.clients import HEADERS, PASSWORD, USERS
from benchmarks.machine import processor_seconds
from benchmarks.variants import OURS
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.nodes import Laboratory
    from benchmarks.variants import Variant

Figures = dict[str, Any]
CONNECTIONS = 8
LONGEST = 60
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
TOTAL = re.compile(r"(\d+) requests in")
REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
SLOWEST = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
UNITS = {"us": 0.001, "ms": 1, "s": 1000}
# Each thread of wrk has its own Lua state. One thread is enough to load one node.
SCRIPT = """
local tokens = {held}
local next_user = 0
local headers = {headers}
function request()
    {request}
end
{response}
"""
BODY = 'return wrk.format("POST", "{path}", headers, string.format({body}, next_user % {users}))'
SIGN_IN = "next_user = next_user + 1\n    " + BODY
REFRESH = """local token = table.remove(tokens)
    return wrk.format("POST", "/api/auth/token/refresh/", headers,
        '{"refresh": "' .. token .. '"}')"""
KEEP = """
function response(status, _, body)
    local found = string.match(body, '"refresh": ?"([^"]+)"')
    if found then table.insert(tokens, 1, found) end
end
"""
# Compared configurations: options of gunicorn, and the size of the connection pool (0: no pool).
CONFIGURATIONS: dict[str, tuple[list[str], int]] = {
    "1 worker, 4 threads": (["--workers=1", "--threads=4"], 8),
    "2 workers, 1 thread": (["--workers=2", "--threads=1"], 8),
    "2 workers, 2 threads": (["--workers=2", "--threads=2"], 8),
    "2 workers, 4 threads": (["--workers=2", "--threads=4"], 8),
    "2 workers, 8 threads": (["--workers=2", "--threads=8"], 8),
    "4 workers, 4 threads": (["--workers=4", "--threads=4"], 8),
    "2 workers, 4 threads, pool of 2": (["--workers=2", "--threads=4"], 2),
    "2 workers, 4 threads, no pool": (["--workers=2", "--threads=4"], 0),
    "2 workers, 4 threads, no keep-alive": (
        ["--workers=2", "--threads=4", "--keep-alive=0"],
        8,
    ),
    "sync, 2 workers": (["--workers=2", "--worker-class=sync", "--threads=1"], 8),
    "sync, 4 workers": (["--workers=4", "--worker-class=sync", "--threads=1"], 8),
}


def is_possible() -> bool:
    """Return whether wrk is installed."""
    return shutil.which("wrk") is not None


class Service:
    """A project served by gunicorn."""

    def __init__(
        self, laboratory: Laboratory, variant: Variant, options: list[str], pool: int
    ) -> None:
        self.laboratory, self.variant = laboratory, variant
        self.port, self.options, self.pool = free_port(), options, pool
        self.folder = laboratory.projects[variant.project]

    @contextmanager
    def run(self) -> Iterator[None]:
        """Run gunicorn during the block."""
        environment = self.laboratory.environment(self.variant)
        # Workers must not restart during a measurement.
        words = ["--config", "deploy/gunicorn.conf.py", "--max-requests=0", *self.options]
        process = subprocess.Popen(
            [self.laboratory.python, "-m", "gunicorn", *words, f"--bind=127.0.0.1:{self.port}"],
            cwd=self.folder,
            env=environment | {"BENCHMARK_POOL": str(self.pool)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = process.pid
        try:
            wait_until(lambda: process.poll() is not None or self.is_ready())
            assert process.poll() is None, f"{self.variant.name}: gunicorn did not start"
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)

    def is_ready(self) -> bool:
        """Return whether the health check succeeds."""
        ask = ["curl", "--silent", "--fail", f"http://127.0.0.1:{self.port}/health/live/"]
        return subprocess.run(ask, check=False, capture_output=True).returncode == 0

    def load(self, script: Path, seconds: float) -> Figures:
        """Send requests for some seconds, and return their number and costs.

        If no response arrives in that time, as on a busy machine, try again for longer.
        """
        roots = {"node": self.pid, **self.laboratory.servers.processes}
        before = {part: processor_seconds(pid) for part, pid in roots.items()}
        began = time.monotonic()
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", "--timeout=60s"),
                *("-s", script, f"http://127.0.0.1:{self.port}/"),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert not REFUSED.search(done), f"{self.variant.name}, {script.stem}: {done}"
        number = int(found[1]) if (found := TOTAL.search(done)) else 0
        rate, slowest = RATE.search(done), SLOWEST.search(done)
        if not number and seconds < LONGEST:
            return self.load(script, 4 * seconds)
        assert number, done
        assert rate, done
        assert slowest, done
        spent = {
            f"{part}_ms": round(1000 * (processor_seconds(pid) - before[part]) / number, 3)
            for part, pid in roots.items()
        }
        return {
            "per_second": round(float(rate[1]), 1),
            "per_second_and_core": round(1000 / spent["node_ms"]),
            "p99_ms": round(float(slowest[1]) * UNITS[slowest[2]], 1),
            "seconds": round(time.monotonic() - began, 1),
            **spent,
        }


def kinds(variant: Variant) -> dict[str, str]:
    """Return the kinds of requests, by their names in the results of `counts`."""
    suffixes = {name: f", {name}" if len(variant.clients) > 1 else "" for name in ("api", "page")}
    found = {"health": "health"}
    if "page" in variant.clients:
        for what in ("get", "sign_in"):
            found[f"{what}{suffixes['page'] if variant.project == 'both' else ''}"] = (
                f"page {what}"
            )
    if "api" in variant.clients:
        for what in ("get", "refresh", "sign_in"):
            found[f"{what}{suffixes['api'] if variant.project == 'both' else ''}"] = f"api {what}"
    return found


def measure(
    laboratory: Laboratory, seconds: float, variants: list[Variant] | None = None
) -> Figures:
    """Return the costs of each kind of request with the shipped configuration."""
    found: Figures = {}
    for variant in variants or OURS:
        service = Service(laboratory, variant, ["--workers=2"], 8)
        scripts = write_scripts(laboratory, variant)
        with service.run():
            for name, kind in kinds(variant).items():
                found.setdefault(variant.name, {})[name] = service.load(scripts[kind], seconds)
    return found


def configurations(
    laboratory: Laboratory, seconds: float, names: list[str] | None = None
) -> Figures:
    """Return the costs of requests for pages and the API, by configuration of gunicorn."""
    found: Figures = {}
    both = next(each for each in OURS if each.project == "both")
    scripts = write_scripts(laboratory, both)
    for name, (options, pool) in CONFIGURATIONS.items():
        if names is not None and name not in names:
            continue
        service = Service(laboratory, both, options, pool)
        with service.run():
            for kind in ("page get", "api get", "api sign_in"):
                found.setdefault(name, {})[kind] = service.load(scripts[kind], seconds)
    return found


def write_scripts(laboratory: Laboratory, variant: Variant) -> dict[str, Path]:
    """Write a wrk script for each kind of request, and return their paths by kind."""
    folder = laboratory.projects[variant.project].parent
    names = {"HTTP_HOST": "Host", "HTTP_USER_AGENT": "User-Agent"}
    common = {
        names.get(name, name.removeprefix("HTTP_").replace("_", "-").title()): value
        for name, value in HEADERS.items()
    }
    scripts: dict[str, str] = {
        "health": script(common, 'return wrk.format("GET", "/health/live/", headers)')
    }
    with laboratory.node(variant) as node:
        node.do("without_hash")
        if "page" in variant.clients:
            headers = common | node.do("headers", name="page")
            scripts["page get"] = script(headers, get("/page/hello/"))
            form = {"Content-Type": "application/x-www-form-urlencoded"} | forged(node)
            body = f"'username=%d@example.com&password={PASSWORD.replace(' ', '+')}'"
            text = SIGN_IN.format(path="/accounts/login/", body=body, users=USERS)
            scripts["page sign_in"] = script(common | form, text)
        if "api" in variant.clients:
            headers = common | node.do("headers", name="api")
            content = common | {"Content-Type": "application/json"}
            scripts["api get"] = script(headers, get("/api/hello/"))
            body = f"""'{{"email": "%d@example.com", "password": "{PASSWORD}"}}'"""
            text = SIGN_IN.format(path="/api/auth/token/", body=body, users=USERS)
            scripts["api sign_in"] = script(content, text)
            held = [node.do("refresh_token") for _ in range(4 * CONNECTIONS)]
            scripts["api refresh"] = script(content, REFRESH, held, KEEP)
    found = {}
    for kind, text in scripts.items():
        found[kind] = folder / f"{kind.replace(' ', '-')}.lua"
        found[kind].write_text(text)
    return found


def forged(node: Any) -> dict[str, str]:
    """Return the headers of a form that a browser without a session submits."""
    cookie = node.do("headers", name="page")["Cookie"].partition("; ")[2]
    token = cookie.partition("=")[2]
    return {"Cookie": cookie, "X-CSRFToken": token, "Origin": "https://example.com"}


def get(path: str) -> str:
    """Return the Lua statement for a GET request."""
    return f'return wrk.format("GET", "{path}", headers)'


def script(
    headers: dict[str, str], request: str, held: list[str] | None = None, response: str = ""
) -> str:
    """Return a wrk script in Lua."""
    pairs = ", ".join(
        f"[{json.dumps(name)}] = {json.dumps(each)}" for name, each in headers.items()
    )
    tokens = ", ".join(map(json.dumps, held or []))
    return SCRIPT.format(
        held=f"{{{tokens}}}", headers=f"{{{pairs}}}", request=request, response=response
    )
