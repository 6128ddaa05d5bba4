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
    from collections.abc import Iterator
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


def assert_one_wins(node: Node, rounds: int) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for number in range(rounds):
            # The rate limit of one IP address allows fewer refreshes.
            node.called_from(f"127.0.1.{number + 1}")
            pair = node.sign_in("0@example.com")
            assert node.accepts(pair["access"])
            answers = race(node, pair["refresh"], clients)
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [200] + [401] * (CLIENTS - 1)
            won = next(answer.json() for answer in answers if answer.ok)
            assert node.refresh(won["refresh"]).status_code == requests.codes.unauthorized
            assert not node.accepts(won["access"])
            assert not node.accepts(pair["access"])


@some_rounds
def test_one_of_many_wins_and_loses_it_again_on_postgresql(
    on_postgresql: Project, rounds: int
) -> None:
    with on_postgresql.serve(WEB_CONCURRENCY="2") as node:
        assert_one_wins(node, rounds)


@some_rounds
def test_one_of_many_wins_and_loses_it_again_on_sqlite(on_sqlite: Project, rounds: int) -> None:
    with on_sqlite.serve(host="127.0.0.1", WEB_CONCURRENCY="1") as node:
        assert_one_wins(node, rounds)


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.nightly)])
def test_grace_never_makes_two_good_refresh_tokens(on_postgresql: Project, rounds: int) -> None:
    with (
        on_postgresql.serve(WEB_CONCURRENCY="2", JWT_REUSE_GRACE="10") as node,
        ThreadPoolExecutor(CLIENTS) as clients,
    ):
        for _ in range(rounds):
            answers = race(node, node.sign_in("1@example.com")["refresh"], clients)
            assert {answer.status_code for answer in answers} <= {200, 401}
            pairs = [answer.json() for answer in answers if answer.ok]
            assert len(pairs) > 1
            refreshed = [node.refresh(pair["refresh"]) for pair in pairs]
            good = [answer.json() for answer in refreshed if answer.ok]
            assert len(good) <= 1
            assert not any(node.accepts(pair["access"]) for pair in [*pairs, *good])
