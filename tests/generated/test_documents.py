"""Documents of the template, compared with commands, questions and files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import MODELS, ROOT
from tests.upgrade import commands
from tests.upgrade.cruft import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

UPGRADE = ROOT / "tests" / "upgrade"
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / "docs", ROOT / "tests")
    for path in folder.glob("*.md")
)


def broken_links(document: Path) -> list[str]:
    """Return the relative links of a document whose file or heading does not exist."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", document.read_text("utf-8"))
    return [
        f"{name}#{anchor}"
        for name, anchor in links
        if not (target := document.parent / name if name else document).exists()
        or (anchor and anchor not in anchors(target))
    ]


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub and GitLab give to the headings of a document."""
    text = re.sub(
        r"^ *```.*?^ *```$", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def targets(makefile: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", makefile.read_text("utf-8"), re.MULTILINE))


def unknown_targets(document: Path, makefile: Path) -> set[str]:
    named = re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE)
    return set(named) - targets(makefile)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_and_commands(name: str) -> None:
    assert broken_links(ROOT / name) == []
    unknown = unknown_targets(ROOT / name, ROOT / "Makefile")
    # These documents also name commands of a generated project.
    if name in {"CHANGELOG.md", "docs/upgrading.md"}:
        unknown -= targets(ROOT / "{{cookiecutter.project_slug}}" / "Makefile")
    assert unknown == set()


def texts_of(value: object) -> set[str]:
    """Return every text in a constant, at any depth."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(texts_of, value)) if isinstance(value, list) else set()


def test_every_command_of_the_upgrade_is_run_by_a_test() -> None:
    sources = "".join(path.read_text("utf-8") for path in UPGRADE.glob("test_*.py"))
    run = {
        name: texts_of(value)
        for name, value in vars(commands).items()
        if name.isupper() and len(re.findall(rf"\b{name}\b", sources)) > 1
    }
    # The checks of a project are run by the tests of the projects.
    run.pop("COMMANDS", None)
    assert set(COMMANDS) - set().union(*run.values()) == {"make check"}


def test_the_readme_lists_the_questions(definition: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+ \| .+) \|$", readme, re.MULTILINE))
    questions = [name for name in definition if not name.startswith("_")]
    assert list(rows) == questions
    for name in questions:
        default, answers = rows[name].split(" | ")
        if isinstance(definition[name], list):
            assert default == f"`{definition[name][0]}`"
            assert all(f"`{choice}`" in answers for choice in definition[name])
        elif "cookiecutter" not in definition[name]:
            assert default == f"`{definition[name]}`"


def test_the_readme_says_how_far_answers_are_trusted() -> None:
    readme = re.sub(r"\s+", " ", (ROOT / "README.md").read_text("utf-8"))
    assert "Answers are as trusted as code." in readme
    assert "a configuration, a replay file or a command line that someone else wrote" in readme


def test_the_parts_named_for_maintainers_exist() -> None:
    text = (ROOT / "docs" / "maintaining.md").read_text("utf-8")
    parts = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert len(parts) > 5
    assert [part for part in parts if not (ROOT / part).exists()] == []


def test_pictures_are_shown_and_small() -> None:
    texts = "".join((ROOT / name).read_text("utf-8") for name in DOCUMENTS)
    pictures = list((ROOT / "docs/images").iterdir())
    assert len(pictures) >= 5
    assert [path.name for path in pictures if f"images/{path.name})" not in texts] == []
    assert max(path.stat().st_size for path in pictures) < 100_000
    taken = re.search(r"PICTURES :=((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text("utf-8"))
    assert taken
    photographs = {path.stem for path in pictures if path.suffix == ".png"}
    assert set(taken[1].replace("\\", " ").split()) == photographs


@pytest.mark.parametrize(
    ("deployment", "registration", "second_factor"),
    [
        ("compose", "open", "totp"),
        ("kubernetes", "open", "passkeys"),
        ("both", "closed", "none"),
        ("none", "open", "totp"),
    ],
)
@pytest.mark.parametrize("auth", MODELS)
def test_generated_documents(
    bake: Baker, auth: str, deployment: str, registration: str, second_factor: str
) -> None:
    chosen = {"registration": registration, "second_factor": second_factor}
    project = bake(auth=auth, deployment=deployment, **chosen).path
    readme = (project / "README.md").read_text("utf-8")
    listed = readme.partition("\n## Documents\n")[2].partition("\n## ")[0]
    linked = re.findall(r"\]\((docs/[^)#]+)\)", listed)
    assert sorted(linked) == sorted(f"docs/{path.name}" for path in (project / "docs").iterdir())
    for document in project.rglob("*.md"):
        assert broken_links(document) == [], document.name
        assert unknown_targets(document, project / "Makefile") == set(), document.name


@pytest.mark.parametrize("auth", MODELS)
def test_three_commands_to_a_user(bake: Baker, auth: str) -> None:
    readme = (bake(auth=auth).path / "README.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    for block in blocks[:2]:
        assert "runserver" in block
        assert len(block.strip().splitlines()) <= 3


def test_documented_code_ignores_no_rule_that_does_not_apply_to_apps() -> None:
    """Ruff reports such an ignore, but only tests at night run it on all recipes."""
    project = ROOT / "{{cookiecutter.project_slug}}"
    rules = re.findall(
        r'^"!\{.+?^\]', (project / "ruff.toml").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    unused = set(re.findall(r'^    "([A-Z]+\d*)"', rules[0], re.MULTILINE))
    assert {"ANN", "RUF012"} <= unused
    for document in (project / "docs").rglob("*.md"):
        ignored = re.findall(r"# noqa: ([A-Z\d, ]+)", document.read_text("utf-8"))
        codes = {code for line in ignored for code in line.strip().split(", ")}
        assert not codes & unused, document
