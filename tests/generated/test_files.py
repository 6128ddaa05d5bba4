"""Each set of answers generates exactly the expected files, without remains of other answers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODELS

if TYPE_CHECKING:
    from tests.conftest import Bake, Baker

LINES_OF_A_MODULE = 300
LISTS = Path(__file__).parent / "expected"

# Every pair of answers to two different questions occurs in at least one row.
PAIRWISE = [
    ("session", "open", "totp", "6.1", "none", "none", "MIT"),
    ("session", "closed", "totp", "6.1", "gitlab", "compose", "Apache-2.0"),
    ("session", "open", "totp", "6.1", "github", "both", "BSD-3-Clause"),
    ("session", "closed", "totp", "5.2", "github", "kubernetes", "proprietary"),
    ("jwt", "closed", "totp", "5.2", "gitlab", "both", "MIT"),
    ("jwt", "open", "none", "5.2", "github", "none", "Apache-2.0"),
    ("jwt", "closed", "totp", "5.2", "none", "compose", "BSD-3-Clause"),
    ("jwt", "open", "passkeys", "6.1", "github", "kubernetes", "MIT"),
    ("both", "open", "totp", "6.1", "none", "kubernetes", "Apache-2.0"),
    ("both", "closed", "none", "6.1", "github", "compose", "MIT"),
    ("both", "closed", "totp", "5.2", "github", "none", "proprietary"),
    ("both", "open", "passkeys", "6.1", "none", "both", "Apache-2.0"),
    ("session", "open", "passkeys", "6.1", "gitlab", "compose", "proprietary"),
    ("jwt", "open", "none", "6.1", "none", "both", "proprietary"),
    ("both", "closed", "passkeys", "5.2", "gitlab", "none", "BSD-3-Clause"),
    ("session", "closed", "none", "6.1", "gitlab", "kubernetes", "BSD-3-Clause"),
]
QUESTIONS = (
    "auth",
    "registration",
    "second_factor",
    "django_version",
    "ci",
    "deployment",
    "license",
)

FOREIGN_WORDS = {
    "session": re.compile(
        r"rest_framework|djangorestframework|simplejwt|\bjwt|pyjwt|spectacular|corsheaders|\bcors\b"
        r"|bearer|access.token|refresh.token|token_auth|/api/auth|openapi|FRONTEND_URL",
        re.IGNORECASE,
    ),
    "jwt": re.compile(
        r"contrib\.(sessions|admin|messages)|SessionMiddleware|CsrfViewMiddleware"
        r"|session_auth|sessionid|(?-i:csrftoken)|LoginView|login_required\b|ADMIN_URL|clearsessions"
        r"|LoginRequiredMiddleware|csrf_token %",
        re.IGNORECASE,
    ),
    "both": re.compile(r"FRONTEND_URL"),
}
NO_PASSKEYS = re.compile(r"passkey|webauthn", re.IGNORECASE)
NO_SECOND_FACTOR = re.compile(r"second.factor|pyotp|segno|totp|recovery.code", re.IGNORECASE)
CLOSED = re.compile(r"sign-up|signup|/register/|RegisterView|services.registration", re.IGNORECASE)


@pytest.fixture(params=PAIRWISE, ids="-".join)
def baked(request: pytest.FixtureRequest, bake: Baker) -> Bake:
    return bake(**dict(zip(QUESTIONS, request.param, strict=True)))


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def texts_of(baked: Bake) -> list[str]:
    """Return the names of all files except compiled translations, which are binary."""
    return [name for name in baked.files() if not name.endswith(".mo")]


@pytest.mark.parametrize("auth", MODELS)
def test_the_exact_files(bake: Baker, auth: str) -> None:
    expected = (LISTS / f"{auth}.txt").read_text("utf-8").splitlines()
    assert bake(auth=auth, deployment="both").files() == expected


def test_pairwise_holds_every_pair() -> None:
    """Answers do not exclude each other, so all pairs can be generated."""

    def pairs(rows: list[tuple[str, ...]]) -> set[tuple[int, str, int, str]]:
        return {
            (i, row[i], j, row[j])
            for row in rows
            for i in range(len(row))
            for j in range(i + 1, len(row))
        }

    values = [sorted({row[i] for row in PAIRWISE}) for i in range(len(QUESTIONS))]
    wanted = {
        (i, a, j, b)
        for i in range(len(values))
        for j in range(i + 1, len(values))
        for a in values[i]
        for b in values[j]
    }
    assert wanted - pairs([tuple(row) for row in PAIRWISE]) == set()


def test_nothing_of_the_template_is_left(baked: Bake) -> None:
    # The record of where the project is from names it, in the format of the tool that reads it.
    for name in sorted({*texts_of(baked)} - {".cruft.json"}):
        text = text_of(baked.path / name)
        assert "cookiecutter" not in text.lower(), name
        assert not re.search(r"# ?\{[%#]", text), name


def test_no_scars(baked: Bake) -> None:
    for name in texts_of(baked):
        text = text_of(baked.path / name)
        if not text and name.endswith("/__init__.py"):
            continue
        assert text.strip(), f"{name} is empty"
        assert not text.startswith("\n"), name
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name
        assert not re.search(r"[ \t]+$", text, re.MULTILINE), name
        blank_lines = 2 if name.endswith((".py", ".py-tpl")) else 1
        prose = re.sub(r"^```python\n.*?^```$", "code", text, flags=re.DOTALL | re.MULTILINE)
        assert "\n" * (blank_lines + 2) not in prose, name
        assert "\r" not in text, name


def test_no_empty_folders(baked: Bake) -> None:
    assert all(any(path.iterdir()) for path in baked.path.rglob("*") if path.is_dir())


def test_no_word_of_what_was_not_chosen(baked: Bake) -> None:
    # OAuth has words of its own, in every model.
    for name in set(texts_of(baked)) - {"docs/recipes/pages/google-sign-in.md"}:
        text = text_of(baked.path / name)
        found = FOREIGN_WORDS[baked.answers["auth"]].search(f"{name}\n{text}")
        assert not found, (name, found)
        if baked.answers["registration"] == "closed":
            found = CLOSED.search(f"{name}\n{text}")
            assert not found, (name, found)
        # The table of ASVS says what a project without one does not meet.
        exempt = {"docs/security.md", ".cruft.json"}
        if baked.answers["second_factor"] == "none" and name not in exempt:
            found = NO_SECOND_FACTOR.search(f"{name}\n{text}")
            assert not found, (name, found)
        if baked.answers["second_factor"] != "passkeys" and name not in exempt:
            found = NO_PASSKEYS.search(f"{name}\n{text}")
            assert not found, (name, found)


def test_choices_pick_files(baked: Bake) -> None:
    files, answers = baked.files(), baked.answers

    def has(prefix: str) -> bool:
        return any(name.startswith(prefix) for name in files)

    assert has(".github/") == (answers["ci"] == "github")
    assert has(".gitlab-ci.yml") == (answers["ci"] == "gitlab")
    assert has("deploy/") == (answers["deployment"] != "none")
    assert has("deploy/compose/") == (answers["deployment"] in {"compose", "both"})
    assert has("deploy/kubernetes/") == (answers["deployment"] in {"kubernetes", "both"})
    assert has("session_auth/") == (answers["auth"] != "jwt")
    assert has("token_auth/") == (answers["auth"] != "session")
    license_text = text_of(baked.path / "LICENSE")
    title = {
        "MIT": "MIT License",
        "Apache-2.0": "Apache License",
        "BSD-3-Clause": "BSD 3-Clause License",
        "proprietary": "All rights reserved",
    }
    assert [
        name for name, words in title.items() if words in license_text.partition("\n\n")[0]
    ] == [answers["license"]] or title[answers["license"]] in license_text


def test_the_django_version_changes_the_requirement_and_mail_settings(bake: Baker) -> None:
    lts, newest = (bake(auth="both", django_version=version) for version in ("5.2", "6.1"))
    assert lts.files() == newest.files()
    differing = {
        name
        for name in texts_of(lts)
        if name != ".env" and text_of(lts.path / name) != text_of(newest.path / name)
    }
    # Django 6.1 replaces the EMAIL_* settings by MAILERS and refuses to have both.
    assert differing == {
        *(".cruft.json", "README.md", "pyproject.toml"),
        *(f"config/settings/{n}.py" for n in ("development", "environment", "production", "test")),
    }


def test_files_without_answers_are_copied_unchanged(template: Path, bake: Baker) -> None:
    tree, baked = template / "{{cookiecutter.project_slug}}", bake(auth="both", deployment="both")
    same = [name for name in baked.files() if name not in {".cruft.json", ".env", "LICENSE"}]
    same = [name for name in same if b"cookiecutter" not in (tree / name).read_bytes()]
    assert len(same) > 100
    for name in same:
        assert (baked.path / name).read_bytes() == (tree / name).read_bytes(), name
        assert (baked.path / name).stat().st_mode == (tree / name).stat().st_mode, name


def test_pages_are_the_same_files_in_both_models_that_have_them(bake: Baker) -> None:
    session, both = bake(auth="session"), bake(auth="both")
    pages = [name for name in session.files() if re.match(r"session_auth/.*\.(html|css)$", name)]
    assert len(pages) > 20
    for name in pages:
        assert (session.path / name).read_bytes() == (both.path / name).read_bytes(), name


def test_requirements_are_ranges_of_packages_with_names(baked: Bake) -> None:
    """A project makes its own lock, which would hold the addresses of a registry."""
    project = tomllib.loads(text_of(baked.path / "pyproject.toml"))
    required = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert len(required) > 10
    pinned = [
        line
        for line in required
        if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?>=[\d.]+(,<[\d.]+)?(; .+)?", line)
    ]
    # Type stubs, of which the newest version is suitable.
    assert all(re.fullmatch(r"types-\w+", line) for line in pinned), pinned
    assert not any(name.endswith(".lock") for name in baked.files())


def test_no_module_is_long(bake: Baker) -> None:
    for path in bake(auth="both", second_factor="passkeys").path.rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= LINES_OF_A_MODULE, path
