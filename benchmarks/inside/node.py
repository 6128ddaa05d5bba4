"""Process that loads one project and executes the commands of the benchmark.

    python -m benchmarks.inside.node OPTIONS

OPTIONS is a JSON object with the clients of the variant, by name. Each line of standard input is a
command in JSON, and each line of standard output its result. Output of the project is discarded.
"""

from __future__ import annotations

import cProfile
import gc
import json
import os
import pstats
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.inside import stored
from benchmarks.inside.clients import CLIENTS, PASSWORD, Application, Client


class Node:
    """The application, its clients, and its commands, the methods that begin with `do_`."""

    def __init__(self, options: dict[str, Any]) -> None:
        began = time.process_time()
        from django.core.wsgi import get_wsgi_application

        self.application = Application(get_wsgi_application())
        self.startup = time.process_time() - began
        self.clients: dict[str, Client] = {
            name: CLIENTS[each["client"]](self.application, each) for name, each in options.items()
        }

    def steps(self, kind: str, number: int) -> tuple[Any, Any]:
        """Return a function that sends one request, and the credentials of all requests.

        Args:
            kind: the name of a client and a kind of request, such as `api sign_in`, or the path of
                a view after the name.
            number: how many requests will be sent.
        """
        name, what = kind.split()
        client = self.clients[name]
        if what == "sign_in":
            return lambda _: client.sign_in(), [None] * number
        if what == "sign_out":
            return client.sign_out, [client.sign_in() for _ in range(number)]
        if what == "refresh":
            held = [client.sign_in()]

            def refresh(_: Any) -> None:
                held[0] = client.refresh(held[0])

            return refresh, [None] * number
        credential = client.sign_in()
        return lambda _: client.get(credential, what), [credential] * number

    def do_round(self, kind: str, number: int) -> dict[str, float]:
        """Send requests, and return the mean processor time and the median time of one."""
        send, credentials = self.steps(kind, number)
        times = []
        began = time.process_time()
        for credential in credentials:
            at = time.perf_counter()
            send(credential)
            times.append(time.perf_counter() - at)
        spent = time.process_time() - began
        return {"cpu": spent / number, "wall": statistics.median(times)}

    def do_prepare(self, kind: str, number: int) -> int:
        """Send one request to warm up, and prepare the requests for `send`."""
        send, credentials = self.steps(kind, 1)
        send(credentials[0])
        self.prepared = self.steps(kind, number)
        # A collection of all objects now and then would count for the requests that it interrupts.
        gc.collect()
        return number

    def do_send(self) -> None:
        """Send the prepared requests."""
        send, credentials = self.prepared
        for credential in credentials:
            send(credential)

    def do_profile(self, kind: str, number: int) -> dict[str, float]:
        """Send requests, and return the seconds of processor time that each package took."""
        send, credentials = self.steps(kind, number)
        profile = cProfile.Profile(time.process_time)
        profile.enable()
        for credential in credentials:
            send(credential)
        profile.disable()
        spent: Counter[str] = Counter()
        found: Any = pstats.Stats(profile)
        for function, (_, _, own, _, callers) in found.stats.items():
            # Functions in C have no file: their time belongs to those who call them.
            shares = {name: each[2] for name, each in callers.items()}
            places = shares if function[0] == "~" and shares else {function: own}
            for (path, _, _), seconds in places.items():
                spent[package_of(path)] += seconds
        return dict(spent)

    def do_hash(self, number: int) -> float:
        """Return the mean processor time of checking one password."""
        from django.contrib.auth.hashers import check_password, make_password

        encoded = make_password(PASSWORD)
        began = time.process_time()
        for _ in range(number):
            check_password(PASSWORD, encoded)
        return (time.process_time() - began) / number

    def do_without_hash(self) -> None:
        """Make password checks skip the hash."""
        from django.contrib.auth.hashers import get_hasher

        kind = type(get_hasher("default"))
        kind.verify = lambda _, password, __: password == PASSWORD

    def do_users(self) -> int:
        """Create the users of the benchmark."""
        return stored.create_users(self.clients)

    def do_headers(self, name: str) -> dict[str, str]:
        """Sign a client in, and return the headers of its requests."""
        client = self.clients[name]
        found = client.headers(client.sign_in())
        return {key.removeprefix("HTTP_").title(): value for key, value in found.items()}

    def do_refresh_token(self) -> str:
        """Sign in to the API, and return the refresh token."""
        return str(self.clients["api"].sign_in()[1])

    def do_startup(self) -> dict[str, float]:
        """Return the processor time of loading the project, and of the whole process so far."""
        return {"load": self.startup, "process": time.process_time()}

    def do_memory(self) -> dict[str, int]:
        """Return the resident and the proportional set size (RSS, PSS) in KiB."""
        text = Path("/proc/self/smaps_rollup").read_text()
        rows = [line.split() for line in text.splitlines()[1:]]
        return {row[0][:-1]: int(row[1]) for row in rows if row[0] in {"Rss:", "Pss:"}}

    def do_rows(self) -> dict[str, int]:
        """Return the number of rows in each table."""
        return stored.rows()

    def do_sizes(self) -> dict[str, int]:
        """Return the bytes of each table with its indexes."""
        return stored.sizes()

    def do_keys(self) -> dict[str, list[int]]:
        """Return the number of keys in the cache by kind, and the bytes of all of them."""
        return stored.keys()

    def do_explain(self, kind: str) -> list[dict[str, Any]]:
        """Return the plans of the statements of one request."""
        send, credentials = self.steps(kind, 1)
        with stored.plans() as found:
            send(credentials[0])
        return found

    def do_revoke_all(self, number: int) -> dict[str, float]:
        """Revoke all sign-ins of a user who has this number of them, and return the times."""
        from accounts.services import sign_ins

        user = stored.sign_in_often(number)
        began, at = time.process_time(), time.perf_counter()
        sign_ins.revoke_all(user)
        return {"cpu": time.process_time() - began, "wall": time.perf_counter() - at}

    def do_command(self, words: list[str]) -> dict[str, float]:
        """Run a management command, and return its times."""
        from django.core.management import call_command

        began, at = time.process_time(), time.perf_counter()
        call_command(*words)
        return {"cpu": time.process_time() - began, "wall": time.perf_counter() - at}


def package_of(path: str) -> str:
    """Return the package that a file belongs to."""
    names = Path(path).parts
    for start in (
        "site-packages",
        Path.cwd().name,
        f"python{sys.version_info[0]}.{sys.version_info[1]}",
    ):
        if start in names[:-1]:
            return names[names.index(start) + 1].removesuffix(".py")
    return "Python"


def main() -> None:
    """Execute commands until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    node = Node(json.loads(sys.argv[1]))
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        result = getattr(node, f"do_{command.pop('do')}")(**command)
        print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main()
