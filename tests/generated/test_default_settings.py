"""The defaults that a generated project starts with, and the documents that list them."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import MODELS, Bake, environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

MINUTE, HOUR, DAY = 60, 3600, 86_400
RATE_LIMITS = {
    "account_and_ip": [5, 15 * MINUTE],
    "ip": [15, 10 * MINUTE],
    "account": [20, 15 * MINUTE],
    "sign_ins": [100, 10 * MINUTE],
    "mail_to": [5, HOUR],
    "mail_from": [30, HOUR],
    "links": [20, HOUR],
    "second_factor": [5, 15 * MINUTE],
    "second_factor_account": [20, 15 * MINUTE],
}
TOKEN_RATE_LIMITS = {"refreshes": [60, MINUTE], "refreshes_from": [600, MINUTE]}
SESSION = {"idle": HOUR, "absolute": 12 * HOUR}
TOKEN = {"idle": 7 * DAY, "absolute": 30 * DAY}
COMMON = {
    "PASSWORD_RESET_TIMEOUT": HOUR,
    "EMAIL_LINK_TIMEOUT": DAY,
    "LANGUAGE_CODE": "en",
    "TIME_ZONE": "UTC",
    "SEND_NOTICES": True,
}
EXPECTED: dict[str, dict[str, Any]] = {
    "session": {"RATE_LIMITS": RATE_LIMITS, "SIGN_IN_LIMITS": {"session": SESSION}},
    "jwt": {
        "RATE_LIMITS": RATE_LIMITS | TOKEN_RATE_LIMITS,
        "SIGN_IN_LIMITS": {"token": TOKEN},
        "ACCESS_TOKEN_LIFETIME": 5 * MINUTE,
    },
    "both": {
        "RATE_LIMITS": RATE_LIMITS
        | TOKEN_RATE_LIMITS
        | {"exchanges": [60, MINUTE], "passkeys": [30, 10 * MINUTE]},
        "SIGN_IN_LIMITS": {"session": SESSION, "token": TOKEN},
        "ACCESS_TOKEN_LIFETIME": 5 * MINUTE,
    },
}
READ = """
import json
from config.settings import base, environment
found = {name: getattr(base, name) for name in dir(base) if name.isupper()}
found |= getattr(base, "SIMPLE_JWT", {})
found["CACHE"] = environment.cache("redis://host/0")
seconds = lambda value: value.total_seconds() if hasattr(value, "days") else ""
print(json.dumps(found, default=seconds))
"""


@pytest.fixture(scope="module", params=MODELS)
def installed(
    request: pytest.FixtureRequest, bake_with_venv: Callable[..., tuple[Bake, Path]]
) -> tuple[Bake, Path]:
    """A generated project of each model, and its Python."""
    return bake_with_venv(request.param)


@pytest.fixture(scope="module")
def settings(
    installed: tuple[Bake, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The settings of that project, times in seconds."""
    project, python = installed
    done = subprocess.run(
        [python, "-c", READ],
        cwd=project.path,
        env=environment(tmp_path_factory.mktemp("home")),
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_defaults_are_those_of_the_template(
    installed: tuple[Bake, Path], settings: dict[str, Any]
) -> None:
    """F14: a project may change them without breaking its tests; the template may not."""
    expected = COMMON | EXPECTED[installed[0].answers["auth"]]

    assert {name: settings[name] for name in expected} == expected


def test_document_lists_the_rate_limits(
    installed: tuple[Bake, Path], settings: dict[str, Any]
) -> None:
    documents = (installed[0].path / "docs").rglob("*.md")
    text = "\n".join(path.read_text("utf-8") for path in documents)
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d+) \| (\d+) \|$", text, re.MULTILINE)

    assert {name: [int(tries), MINUTE * int(time)] for name, tries, time in rows} == settings[
        "RATE_LIMITS"
    ]


def test_cache_keys_begin_with_the_slug(
    installed: tuple[Bake, Path], settings: dict[str, Any]
) -> None:
    """E12: two services that share a Redis do not share rate limits."""
    assert settings["CACHE"]["KEY_PREFIX"] == installed[0].path.name
