"""Users signed out by lost responses and second tabs, for several grace periods.

    PYTHON benchmarks/lost_answers.py PROJECT

PROJECT is a generated project with tokens, PYTHON an interpreter with its requirements. Each
session refreshes its tokens every five minutes, and 5 % of the responses are lost. The client then
sends the same request again: after 1 s, after a timeout of 10 s, or after a tunnel of 1 to 5
minutes. The clock is simulated and the random numbers are seeded; the services are those of the
project.
Prints, for each kind of client and retry, how many users had to sign in again.
"""

from __future__ import annotations

import argparse
import heapq
import json
import logging
import os
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

GRACES = (0, 10, 30)
CLIENTS = ("one tab", "two tabs that share the token", "two tabs that keep a copy each")
RETRIES = ("after 1 s", "after 10 s", "after a tunnel")
LOST = 0.05
REFRESHES = 12
START = datetime(2030, 1, 1, tzinfo=UTC)
# Seconds: between two refreshes of a tab, how far tabs are apart, and from request to response.
INTERVAL, APART, LATENCY = 300.0, 2.0, 0.2


@dataclass
class Session:
    """One user with one or two tabs, which hold the same refresh token at first."""

    service: Service
    rng: random.Random
    client: str
    retry: str
    tokens: list[str] = field(init=False)
    events: list[tuple[float, int, str, int, Any]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def is_signed_out(self) -> bool:
        """Simulate the session, and return whether a refresh was rejected."""
        self.service.clock.move_to(START)
        tabs = 1 if self.client == CLIENTS[0] else 2
        self.tokens = [self.service.sign_in()] * (2 if self.client == CLIENTS[2] else 1)
        for tab in range(tabs):
            self.plan(INTERVAL + self.rng.uniform(0, APART), "refresh", tab, REFRESHES)
        while self.events:
            at, _, kind, tab, detail = heapq.heappop(self.events)
            self.service.clock.move_to(START + timedelta(seconds=at))
            place = tab % len(self.tokens)
            if kind == "receive":
                self.tokens[place] = detail
            elif not self.refresh(at, tab, place, left=detail):
                return True
        return False

    def refresh(self, at: float, tab: int, place: int, *, left: int) -> bool:
        """Send the current token of the tab, and return whether it was accepted."""
        token = self.service.refresh(self.tokens[place])
        if token is None:
            return False
        if self.rng.random() < LOST:
            self.plan(at + self.wait(), "refresh", tab, left)
            return True
        self.plan(at + LATENCY, "receive", tab, token)
        if left > 1:
            self.plan(at + INTERVAL + self.rng.uniform(0, APART), "refresh", tab, left - 1)
        return True

    def plan(self, at: float, kind: str, tab: int, detail: Any) -> None:
        """Schedule an event."""
        heapq.heappush(self.events, (at, next(self.numbers), kind, tab, detail))

    def wait(self) -> float:
        """Return the seconds after which the client retries."""
        tunnel = self.rng.uniform(60, 300)
        return {RETRIES[0]: 1.0, RETRIES[1]: 10.0, RETRIES[2]: tunnel}[self.retry]


class Service:
    """The services of the project, with an in-memory database."""

    def __init__(self, project: Path) -> None:
        sys.path.insert(0, str(project))
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        import django

        django.setup()
        logging.disable(logging.CRITICAL)
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        settings.SEND_NOTICES = False
        import time_machine
        from accounts.models import User
        from rest_framework_simplejwt.exceptions import (
            InvalidToken,
        )
        from token_auth import services, tokens
        from web.client_info import ClientInfo

        self.settings, self.services, self.tokens = settings, services, tokens
        self.refused, self.here, self.users = InvalidToken, ClientInfo(None, ""), User.objects
        self.clock = time_machine.travel(START, tick=False).start()
        self.numbers = count()

    def sign_in(self) -> str:
        """Sign a new user in, and return the refresh token."""
        email = f"{next(self.numbers)}@example.com"
        user = self.users.create(email=email, password="", email_verified_at=START)
        return str(self.services.obtain(user, self.here).refresh)

    def refresh(self, token: str) -> str | None:
        """Return the next refresh token, or None if the user has to sign in again."""
        try:
            return str(self.services.refresh(self.tokens.verified_refresh(token)).refresh)
        except self.refused:
            return None


@cache
def service_of(project: Path) -> Service:
    """Return the service of this process."""
    return Service(project)


def signed_out(project: Path, client: str, grace: int, sessions: int) -> Counter[str]:
    """Return how many users are signed out, by kind of retry."""
    service, found = service_of(project), Counter[str]()
    service.settings.JWT_REUSE_GRACE = grace
    # The same seed for each grace period, so that about the same responses are lost.
    rng = random.Random(client)
    for number in range(sessions):
        retry = RETRIES[number % len(RETRIES)]
        session = Session(service, random.Random(rng.random()), client, retry)
        found[retry] += session.is_signed_out()
    return found


def simulate(project: Path, sessions: int) -> dict[str, dict[str, list[int]]]:
    """Return signed-out users by kind of client, by retry, and for each of `GRACES`."""
    with ProcessPoolExecutor() as pool:
        tasks = {
            client: [pool.submit(signed_out, project, client, grace, sessions) for grace in GRACES]
            for client in CLIENTS
        }
        return {
            client: {retry: [task.result()[retry] for task in found] for retry in RETRIES}
            for client, found in tasks.items()
        }


def main() -> None:
    """Print a table of signed-out users, or with `--json` the numbers alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = simulate(options.project.resolve(), options.sessions)
    if options.json:
        print(json.dumps(found))
        return
    print(f"Signed-out users of {options.sessions}, by JWT_REUSE_GRACE in seconds")
    print(f"{'':48}" + "".join(f"{grace:>6}" for grace in GRACES))
    for client, rows in found.items():
        for retry, counts in rows.items():
            print(f"{client + ', ' + retry:48}" + "".join(f"{number:>6}" for number in counts))
        total = [sum(column) for column in zip(*rows.values(), strict=True)]
        print(f"{client + ', all':48}" + "".join(f"{number:>6}" for number in total))


if __name__ == "__main__":
    main()
