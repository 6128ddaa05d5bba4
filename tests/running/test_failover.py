"""Failover of two nodes behind the shipped proxy, which signs no user out.

Only requests that are in flight when a server fails are lost. Measurements are printed at the end.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from tests.clients.api import Client
from tests.clients.load import App, Browser, Load, Script
from tests.conftest import BOTH_BY_DAY, MODELS
from tests.servers.gunicorn import COLLECT_STATIC_FILES, Gunicorn, Project
from tests.servers.nginx import nginx
from tests.servers.ports import free_port
from tests.servers.postgresql import PostgreSQL, readable_folder
from tests.servers.production import production
from tests.servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.clients.load import IsRefused, User
    from tests.conftest import Baker, Install
    from tests.servers.gunicorn import Environment
    from tests.servers.nginx import Proxy

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nodes")]

KINDS: dict[str, list[type[User]]] = {
    "session": [Browser],
    "jwt": [App],
    "both": [Browser, App, Script],
}
THREADS, USERS_OF_A_THREAD = 6, 4
NEW_FIELD = "    nickname = models.CharField(max_length=50, null=True)\n\n    class Meta:\n"


@dataclass
class Cluster:
    project: Project
    nodes: list[Gunicorn]
    redis: Redis
    database: PostgreSQL
    proxy: Proxy

    def start(self, node: Gunicorn) -> None:
        node.start(self.project.path, self.project.environment)

    def roll(self, project: Project) -> None:
        """Deploy other code or settings, node by node."""
        self.project = project
        for node in self.nodes:
            node.stop()
            self.start(node)

    def refuses(self, ended: Sequence[IsRefused]) -> bool:
        """Return whether each node rejects the first and the last revoked credential."""
        some = [*ended[:20], *ended[-20:]]
        return all(is_refused(node) for node in self.nodes for is_refused in some)

    def with_settings(self, **settings: str) -> Project:
        return Project(self.project.path, self.project.python, self.project.environment | settings)


# `both` has every kind of client that the other models have.
@pytest.fixture(params=BOTH_BY_DAY)
def cluster(
    request: pytest.FixtureRequest,
    bake_with_venv: Install,
    tmp_path: Path,
) -> Iterator[Cluster]:
    baked, python = bake_with_venv(request.param)
    path = baked.copy_to(tmp_path / "old").path
    with readable_folder() as folder, PostgreSQL(folder) as database, Redis() as redis:
        # A client that lost a response with a node may send the previous refresh token again.
        settings = production(database.url, redis.url) | {"JWT_REUSE_GRACE": "30"}
        project = Project(path, python, settings)
        project.prepare(COLLECT_STATIC_FILES)
        log = tmp_path / "gunicorn.log"
        with Gunicorn(python, log) as one, Gunicorn(python, log) as two:
            for node in (one, two):
                node.start(path, project.environment)
            shipped = path / "deploy" / "compose" / "nginx.conf"
            with nginx(folder / "nginx", shipped, one.bind, two.bind) as proxy:
                yield Cluster(project, [one, two], redis, database, proxy)


def new_version(cluster: Cluster, folder: Path, **settings: str) -> Project:
    """Return the project with an additional column and other settings."""
    old = cluster.project
    path = shutil.copytree(old.path, folder / old.path.name)
    models = path / "accounts" / "models.py"
    models.write_text(models.read_text("utf-8").replace("    class Meta:\n", NEW_FIELD, 1))
    base = path / "config" / "settings" / "base.py"
    base.write_text(base.read_text("utf-8").replace("mailto:jane@", "mailto:new@"))
    new = Project(path, old.python, old.environment | settings)
    new.manage("makemigrations", "accounts", "-v0")
    return new


def turned(settings: Environment, name: str) -> str:
    """Return a list of keys with the last one moved to the front."""
    *others, new = settings[name].split(",")
    return ",".join([new, *others])


@pytest.mark.parametrize("auth", MODELS)
def test_the_shipped_proxy_starts(bake: Baker, auth: str) -> None:
    shipped = bake(auth=auth).path / "deploy" / "compose" / "nginx.conf"
    nodes = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with readable_folder() as folder, nginx(folder / "nginx", shipped, *nodes) as proxy:
        answer = Client(proxy, "127.0.0.1").call("GET", "/")
    # It terminates TLS and looks for a node, but there is none.
    assert answer.status_code == requests.codes.bad_gateway


def test_users_remain_signed_in(
    cluster: Cluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    model = request.node.callspec.params["cluster"]
    clients = [Client(cluster.proxy, f"127.0.0.{10 + n}") for n in range(THREADS)]
    with Load(KINDS[model], clients, USERS_OF_A_THREAD) as load:
        load.go_on(THREADS * USERS_OF_A_THREAD)
        with load.phase("all is well"):
            pass
        with load.phase("a node is killed") as killed, killed.happens():
            cluster.nodes[0].kill()
        with load.phase("it is back"):
            cluster.start(cluster.nodes[0])
        with (
            load.phase("Redis starts again, empty") as redis,
            redis.happens(),
            cluster.redis.away(),
        ):
            load.go_on(50)
        with load.phase("Redis is back"):
            assert cluster.refuses(load.ended)
        with load.phase("PostgreSQL starts again") as database, database.happens():
            cluster.database.stop()
            cluster.database.start()
        with load.phase("PostgreSQL is back"):
            pass
        settings = cluster.project.environment
        key, signing_key = secrets.token_urlsafe(64), f"new:{secrets.token_urlsafe(32)}"
        new = new_version(
            cluster,
            tmp_path / "new",
            SECRET_KEY_FALLBACKS=key,
            JWT_SIGNING_KEYS=f"{settings['JWT_SIGNING_KEYS']},{signing_key}",
        )
        with load.phase("new code, a migration, keys that verify") as new_code:
            new.manage("migrate", "-v0")
            with new_code.happens():
                cluster.roll(new)
        with load.phase("keys that sign") as new_keys, new_keys.happens():
            cluster.roll(
                cluster.with_settings(
                    SECRET_KEY=key,
                    SECRET_KEY_FALLBACKS=settings["SECRET_KEY"],
                    JWT_SIGNING_KEYS=turned(new.environment, "JWT_SIGNING_KEYS"),
                )
            )
        with load.phase("all is well again"):
            pass

    figures = [*map(str, load.phases), f"users signed out: {len(load.lost)}"]
    request.node.user_properties.append(("figures", [f"{model}: {line}" for line in figures]))
    assert "new@example.com" in clients[0].call("GET", "/.well-known/security.txt").text
    assert load.faults == []
    assert load.lost == []
    assert len(load.ended) > 10
    assert cluster.refuses(load.ended)
    for phase in load.phases:
        assert phase.failed(in_flight=False) == [], phase.name
        assert phase.refused(in_flight=False) == [], phase.name
        if phase is not database:
            assert phase.failed(in_flight=True, method="GET") == [], phase.name
    assert redis.failed(in_flight=True) == []
    assert len(killed.failed(in_flight=True)) <= THREADS
    # The system resets a connection that no worker has accepted yet when a node closes its port.
    # nginx repeats a GET elsewhere, but not a request that may have changed something.
    for rolled in (new_code, new_keys):
        assert len(rolled.failed(in_flight=True)) <= len(cluster.nodes)
