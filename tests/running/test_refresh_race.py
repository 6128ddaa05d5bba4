"""One refresh token from many concurrent clients, against real servers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import requests

from tests.servers.gunicorn import Project
from tests.servers.postgresql import postgresql
from tests.servers.production import production
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.clients.api import Node
    from tests.conftest import Install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("race")]

CLIENTS = 16
some_rounds = pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=pytest.mark.nightly)])


@pytest.fixture(scope="module")
def on_postgresql(
    bake_with_venv: Install, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    baked, python = bake_with_venv("both")
    copy = baked.copy_to(tmp_path_factory.mktemp("race"))
    with postgresql(python) as database, Redis() as redis:
        project = Project(copy.path, python, production(database, redis.url))
        project.prepare()
        yield project


@pytest.fixture
def on_sqlite(bake_with_venv: Install, tmp_path: Path) -> Project:
    baked, python = bake_with_venv("both")
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.development"}
    project = Project(baked.copy_to(tmp_path).path, python, settings)
    project.prepare()
    return project


def race(node: Node, token: str, clients: ThreadPoolExecutor) -> list[requests.Response]:
    """Let every client present `token` at the same moment."""
    barrier = Barrier(CLIENTS)

    def present(_: int) -> requests.Response:
        barrier.wait(timeout=120)
        return node.refresh(token)

    return list(clients.map(present, range(CLIENTS)))


def signed_in(node: Node, rounds: int) -> Iterator[dict[str, str]]:
    """Sign in for each round, from a new IP address: no client refreshes this often."""
    for number in range(rounds):
        node.called_from(f"127.0.1.{number + 1}")
        pair = node.sign_in("0@example.com")
        assert node.accepts(pair["access"])
        yield pair


def assert_one_winner_and_no_family(node: Node, rounds: int) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for pair in signed_in(node, rounds):
            answers = race(node, pair["refresh"], clients)
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [200] + [401] * (CLIENTS - 1)
            won = next(answer.json() for answer in answers if answer.ok)
            assert node.refresh(won["refresh"]).status_code == requests.codes.unauthorized
            assert not node.accepts(won["access"])
            assert not node.accepts(pair["access"])


def assert_one_successor_and_one_family(node: Node, rounds: int) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for pair in signed_in(node, rounds):
            answers = race(node, pair["refresh"], clients)
            assert [answer.status_code for answer in answers] == [200] * CLIENTS
            pairs = [answer.json() for answer in answers]
            (successor,) = {found["refresh"] for found in pairs}
            assert node.refresh(successor).ok
            assert all(node.accepts(found["access"]) for found in (pair, pairs[0], pairs[-1]))
            # The first token is now older than the previous one.
            assert node.refresh(pair["refresh"]).status_code == requests.codes.unauthorized
            assert not node.accepts(pairs[0]["access"])


by_grace = pytest.mark.parametrize(
    ("grace", "check"),
    [("0", assert_one_winner_and_no_family), ("30", assert_one_successor_and_one_family)],
)


@some_rounds
@by_grace
def test_refresh_race_on_postgresql(
    on_postgresql: Project, grace: str, check: Callable[[Node, int], None], rounds: int
) -> None:
    """B02."""
    with on_postgresql.serve(WEB_CONCURRENCY="2", JWT_REUSE_GRACE=grace) as node:
        check(node, rounds)


@pytest.mark.nightly
@some_rounds
@by_grace
def test_refresh_race_on_sqlite(
    on_sqlite: Project, grace: str, check: Callable[[Node, int], None], rounds: int
) -> None:
    """B02."""
    with on_sqlite.serve(host="127.0.0.1", WEB_CONCURRENCY="1", JWT_REUSE_GRACE=grace) as node:
        check(node, rounds)
