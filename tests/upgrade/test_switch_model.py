"""A project switches to another model: the parts that both models share keep working.

The tests use real Git repositories and the commands of docs/upgrading.md.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.servers.postgresql import postgresql
from tests.servers.production import PRODUCTION
from tests.upgrade.commands import (
    AFTER,
    BEFORE,
    MIGRATE,
    ONE_KEY,
    TO_ANOTHER,
    TO_SECOND_FACTOR,
)
from tests.upgrade.cruft import COMMANDS, commit, documented, generate, git, must, shell

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Baker, Install

    AtWork = Callable[[Path], "Manage"]

pytestmark = pytest.mark.slow

# What production has to be told, and was not before.
ASKED_FOR = {
    ("session", "both"): {"JWT_SIGNING_KEYS"},
    ("jwt", "both"): {"ADMIN_URL"},
    ("both", "session"): set[str](),
    ("both", "jwt"): {"FRONTEND_URL"},
}
VARIABLES = {
    "session": {"ADMIN_URL"},
    "jwt": {"JWT_SIGNING_KEYS", "FRONTEND_URL"},
    "both": {"ADMIN_URL", "JWT_SIGNING_KEYS"},
}
# What a page answers to the session, and the API to each refresh token, when all is done; and
# which kinds of sign-in there still are. 302 leads to signing in, 400 misses a token.
OUTCOMES = {
    ("session", "both"): {"session": 200, "token": 400, "exchanged": 400, "kinds": ["session"]},
    ("jwt", "both"): {"session": 302, "token": 200, "exchanged": 400, "kinds": ["token"]},
    ("both", "session"): {"session": 200, "token": 404, "exchanged": 404, "kinds": ["session"]},
    ("both", "jwt"): {"session": 404, "token": 200, "exchanged": 200, "kinds": ["token"]},
}
# The same if another answer than the model changes.
UNCHANGED = {
    "session": {"session": 200, "token": 404, "exchanged": 404, "kinds": ["session"]},
    "jwt": {"session": 404, "token": 200, "exchanged": 400, "kinds": ["token"]},
    "both": {"session": 200, "token": 200, "exchanged": 200, "kinds": ["session", "token"]},
}
SOUND = {"password": True, "stale": [], "missing": [], "deleted": 2}

SIGN_IN = """
import json
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import User

PASSWORD = "a long walk by the sea"
for name in ("ada", "bob"):
    User.objects.create_user(
        f"{name}@example.com", PASSWORD, email_verified_at=timezone.now(), is_staff=True
    )
client, held = Client(SERVER_NAME="localhost"), {}
if "session_auth" in settings.INSTALLED_APPS:
    client.post("/accounts/login/", {"username": "ada@example.com", "password": PASSWORD})
    held["session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
if "token_auth" in settings.INSTALLED_APPS:
    sent = {"email": "ada@example.com", "password": PASSWORD}
    caller = Client(SERVER_NAME="localhost")
    answer = caller.post("/api/auth/token/", sent, content_type="application/json")
    held["token"] = answer.json()["refresh"]
if len(held) == 2:
    answer = client.post("/api/auth/token/exchange/", {}, content_type="application/json")
    held["exchanged"] = answer.json()["refresh"]
print("HELD", json.dumps(held))
"""
HOLD = """
import json
from django.conf import settings
from accounts.models import User
from accounts.second_factor.errors import SecondFactorRequiredError
from accounts.services import sign_ins
from web.client_info import ClientInfo

settings.SECOND_FACTOR_REQUIRED = "staff"
kind, client = next(iter(settings.SIGN_IN_LIMITS)), ClientInfo("127.0.0.1", "", "")
try:
    sign_ins.start(User.objects.first(), kind, "a credential", client=client)
except SecondFactorRequiredError as held:
    print("HOLDS", json.dumps({"enroll": held.enroll}))
"""
BEGIN = """
import json
from accounts.models import User
from accounts.second_factor.passkeys import services
from web.client_info import ClientInfo

client = ClientInfo("127.0.0.1", "", "")
options = services.begin_registration(User.objects.first(), client=client)
print("BEGUN", json.dumps({"host": options["rp"]["id"]}))
"""
TRY = """
import json, os
from django.conf import settings
from django.db import connection
from django.test import Client
from accounts.models import SignIn, User

held = json.loads(os.environ["HELD"])
found = {}
browser = Client(SERVER_NAME="localhost")
browser.cookies[settings.SESSION_COOKIE_NAME] = held.get("session", "")
found["session"] = browser.get("/accounts/profile/").status_code
for kind in ("token", "exchanged"):
    answer = Client(SERVER_NAME="localhost").post(
        "/api/auth/token/refresh/", {"refresh": held.get(kind, "")},
        content_type="application/json",
    )
    found[kind] = answer.status_code
found["password"] = all(
    user.check_password("a long walk by the sea") for user in User.objects.all()
)
found["kinds"] = sorted(set(SignIn.objects.values_list("kind", flat=True)))
tables = set(connection.introspection.table_names())
known = set(connection.introspection.django_table_names(include_views=False))
found["stale"] = sorted(tables - known - {"django_migrations"})
found["missing"] = sorted(known - tables)
found["deleted"] = len([user.delete() for user in User.objects.all()])
print("FOUND", json.dumps(found))
"""


class Manage(NamedTuple):
    """A generated project in use."""

    path: Path
    python: Path
    database: dict[str, str]

    def run(self, *commands: str) -> None:
        """Run documented commands in one process, because starting Django is slow."""
        assert set(commands) <= set(COMMANDS)
        words = [shlex.split(command.removeprefix("uv run ")) for command in commands]
        code = (
            "import json, sys\nfrom django.core.management import execute_from_command_line\n"
            "for words in json.loads(sys.argv[1]): execute_from_command_line(words)"
        )
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings.development"}
        done = shell(
            *(self.path, self.python, "-c", code, json.dumps(words)), env=self.database | settings
        )
        must(done)

    def shell(self, code: str, mark: str, **more: str) -> dict[str, object]:
        done = shell(
            *(self.path, self.python, "manage.py", "shell", "-v0", "-c", code),
            env=self.database | more,
        )
        line = next(line for line in must(done).splitlines() if line.startswith(mark))
        return json.loads(line.removeprefix(mark))  # type: ignore[no-any-return]

    def check_production(
        self, names: set[str], without: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run the checks of production with the variables of this model."""
        others = {without}.union(*VARIABLES.values())
        general = {name: PRODUCTION[name] for name in PRODUCTION if name not in others}
        return shell(
            *(self.path, self.python, "manage.py", "check"),
            env=general
            | {name: PRODUCTION[name] for name in names}
            | {"DJANGO_SETTINGS_MODULE": "config.settings.production"},
        )


@pytest.fixture(scope="module")
def repository(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with a tag."""
    path = tmp_path_factory.mktemp("changing") / "template"
    shutil.copytree(template, path)
    git(path, "init", "--quiet", "--initial-branch=main")
    commit(path, "First")
    git(path, "tag", "v0.1.0")
    return path


@pytest.fixture
def made_by(
    request: pytest.FixtureRequest, repository: Path, tmp_path: Path
) -> Callable[..., Path]:
    """Generate a project of a model with this tool; commit it and the team's changes."""

    def make(model: str, **answers: str) -> Path:
        output = tmp_path / "made"
        path = generate(request.param, repository, "v0.1.0", output, auth=model, **answers)
        git(path, "init", "--quiet")
        commit(path, "As generated")
        (path / "shop").mkdir()
        (path / "shop" / "models.py").write_text("# ours\n")
        commit(path, "Ours")
        return path

    return make


@pytest.fixture
def database(request: pytest.FixtureRequest, bake_with_venv: Install) -> Iterator[dict[str, str]]:
    """The database: in the project, or on the server in DATABASE_URL."""
    if request.param == "SQLite":
        yield {}
    else:
        with postgresql(bake_with_venv("both")[1]) as url:
            yield {"DATABASE_URL": url}


@pytest.fixture
def at_work(bake_with_venv: Install, database: dict[str, str]) -> AtWork:
    """Configure the packages and the database of a project."""
    return lambda path: Manage(path, bake_with_venv("both")[1], database)


@pytest.mark.parametrize(
    ("made_by", "model", "wanted", "database"),
    [
        ("cookiecutter", "session", "both", "SQLite"),
        pytest.param(*("cruft", "jwt", "both", "PostgreSQL"), marks=pytest.mark.nightly),
        pytest.param(*("cruft", "both", "session", "SQLite"), marks=pytest.mark.nightly),
        ("cookiecutter", "both", "jwt", "PostgreSQL"),
    ],
    indirect=["made_by", "database"],
)
def test_changing_the_model(
    bake: Baker, made_by: Callable[..., Path], at_work: AtWork, model: str, wanted: str
) -> None:
    project = at_work(made_by(model))
    path = project.path
    project.run(MIGRATE)
    held = project.shell(SIGN_IN, "HELD")

    project.run(*BEFORE.get((model, wanted), []))
    must(documented(path, TO_ANOTHER, {"both": wanted}))
    if (model, wanted) == ("session", "both"):
        must(documented(path, ONE_KEY))
        assert "JWT_SIGNING_KEYS=development-1:" in (path / ".env").read_text()
    project.run(MIGRATE, *([] if wanted == "both" else AFTER))

    # It is what that answer generates, byte for byte; what checks that checks this as well.
    fresh = bake(auth=wanted)
    for name in sorted({*fresh.files()} - {".cruft.json", ".env"}):
        assert (path / name).read_bytes() == (fresh.path / name).read_bytes(), name
    listed = git(path, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    present = {name for name in listed if (path / name).exists()}
    assert present - {*fresh.files()} == {"shop/models.py"}
    answers = json.loads((path / ".cruft.json").read_text("utf-8"))["context"]["cookiecutter"]
    assert answers["auth"] == wanted

    refused = project.check_production(VARIABLES[model])
    named = set(re.findall(r"^  (\w+): ", refused.stderr, re.MULTILINE))
    assert named == ASKED_FOR[model, wanted]
    assert (refused.returncode == 0) == (not named)

    found = project.shell(TRY, "FOUND", HELD=json.dumps(held))
    assert found == OUTCOMES[model, wanted] | SOUND


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("made_by", "model", "database"),
    [
        ("cookiecutter", "session", "SQLite"),
        ("cruft", "jwt", "PostgreSQL"),
        ("cruft", "both", "SQLite"),
    ],
    indirect=["made_by", "database"],
)
def test_adding_and_removing_the_second_factor(
    bake: Baker, made_by: Callable[..., Path], at_work: AtWork, model: str
) -> None:
    project = at_work(made_by(model, second_factor="none"))
    project.run(MIGRATE)
    held = project.shell(SIGN_IN, "HELD")

    must(documented(project.path, TO_SECOND_FACTOR))
    project.run(MIGRATE)
    commit(project.path, "With a second factor")
    refused = project.check_production(VARIABLES[model], without="SECOND_FACTOR_KEYS")
    assert re.findall(r"^  (\w+): ", refused.stderr, re.MULTILINE) == ["SECOND_FACTOR_KEYS"]
    assert must(project.check_production(VARIABLES[model]))
    assert project.shell(HOLD, "HOLDS") == {"enroll": True}

    must(documented(project.path, TO_SECOND_FACTOR, {"totp": "passkeys"}))
    project.run(MIGRATE)
    commit(project.path, "With passkeys")
    assert must(project.check_production(VARIABLES[model]))
    assert project.shell(HOLD, "HOLDS") == {"enroll": True}
    assert project.shell(BEGIN, "BEGUN") == {"host": "localhost"}

    project.run(*BEFORE["passkeys", "totp"], *BEFORE["totp", "none"])
    must(documented(project.path, TO_SECOND_FACTOR, {"totp": "none"}))
    project.run(MIGRATE, *AFTER)

    fresh = bake(auth=model, second_factor="none")
    for name in sorted({*fresh.files()} - {".cruft.json", ".env"}):
        assert (project.path / name).read_bytes() == (fresh.path / name).read_bytes(), name
    found = project.shell(TRY, "FOUND", HELD=json.dumps(held))
    assert found == UNCHANGED[model] | SOUND
