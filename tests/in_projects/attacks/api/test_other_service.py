"""Another service verifies our access tokens, from the published keys alone."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.attacks.api.forging import signed
from tests.token_auth.api import Pair, claims, sign_in
from tests.token_auth.signing import ASYMMETRIC, material, public_of

HERE = Path(__file__).parent

Ask = Callable[[str], tuple[int, dict[str, Any]]]


@pytest.fixture(params=ASYMMETRIC)
def _key(request: pytest.FixtureRequest, settings: Settings, live_server: LiveServer) -> None:
    settings.JWT_SIGNING_KEYS = {"first": material(request.param)}
    settings.JWT_ISSUER = settings.JWT_AUDIENCE = live_server.url


@pytest.fixture
def ask(_key: None, live_server: LiveServer, tmp_path: Path) -> Iterator[Ask]:
    """Call the other service with a token."""
    text = (HERE / "recipe.py").read_text("utf-8")
    recipe = re.sub(r'ISSUER = ".*"', f'ISSUER = "{live_server.url}"', text)
    assert live_server.url in recipe
    (tmp_path / "recipe.py").write_text(recipe)
    script = tmp_path / "service.py"
    script.write_bytes((HERE / "other_service.py").read_bytes())
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(script)]
    with subprocess.Popen(  # noqa: S603 - our own files
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())

        def get(token: str) -> tuple[int, dict[str, Any]]:
            connection = HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/", headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            content = json.loads(answer.read())
            connection.close()
            return answer.status, content

        yield get
        process.terminate()


@pytest.fixture
def tokens(user: User, _key: None) -> Pair:
    return sign_in(user)


def test_it_accepts_access_tokens_of_ours_and_nothing_else(
    ask: Ask, user: User, tokens: Pair, settings: Settings
) -> None:
    """J01, J16, RFC 9068 section 4: refresh tokens and forged tokens are refused."""
    key = settings.JWT_SIGNING_KEYS["first"]
    header = {"alg": "HS256", "kid": "first", "typ": "at+jwt"}
    forged = signed(header, claims(tokens["access"]), public_of(key))
    changed = tokens["access"][:-6] + "AAAAAA"
    for token in (tokens["refresh"], forged, changed, "", "a.b.c"):
        assert ask(token)[0] == 401

    status, found = ask(tokens["access"])
    assert status == 200
    assert found["sub"] == str(user.pk)


@pytest.mark.parametrize("name", ["JWT_ISSUER", "JWT_AUDIENCE"])
def test_it_refuses_tokens_for_others(
    ask: Ask, user: User, tokens: Pair, settings: Settings, name: str
) -> None:
    """RFC 9068 section 4: a token of another issuer or for another audience is refused."""
    setattr(settings, name, "https://other.testserver")

    assert ask(sign_in(user)["access"])[0] == 401
    assert ask(tokens["access"])[0] == 200


def test_it_refuses_what_has_run_out(
    ask: Ask, user: User, tokens: Pair, settings: Settings
) -> None:
    """J10: an expired token is refused."""
    with time_machine.travel(timezone.now() - 2 * settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"]):
        old = sign_in(user)

    assert ask(old["access"])[0] == 401
    assert ask(tokens["access"])[0] == 200


def test_it_follows_a_rotation_of_keys(
    ask: Ask, user: User, tokens: Pair, settings: Settings
) -> None:
    """RFC 7517 section 4.5: a new key and the old one both verify."""
    old, new = settings.JWT_SIGNING_KEYS, {"next": material("ES256")}
    settings.JWT_SIGNING_KEYS = old | new
    assert ask(tokens["access"])[0] == 200

    settings.JWT_SIGNING_KEYS = new | old

    assert ask(sign_in(user)["access"])[0] == 200
    assert ask(tokens["access"])[0] == 200
