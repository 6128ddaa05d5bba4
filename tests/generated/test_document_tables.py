"""Documents of a generated project, compared with its settings, tests and code."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import MODELS, ROOT
from tests.upgrade.commands import TO_ANOTHER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

ID = re.compile(r"\b[WPSJBRM]\d\d?\b")
RECORDED = re.compile(r'(?:record|log\.exception|log\.info)\(\s*"(\w+)"')
# The columns of each table of what ends which sign-ins, and the test that has the same table.
SESSIONS = ("sessions.md", ("this session", "other sessions"), "test_revocation_of_sessions")
TOKENS = ("tokens.md", ("these tokens", "other tokens"), "test_revocation_of_tokens")
COMBINED = (
    "sessions-and-tokens.md",
    ("where it is done", "other sessions", "other tokens"),
    "test_revocation_of_both",
)
REVOCATIONS: dict[str, list[tuple[str, tuple[str, ...], str]]] = {
    "session": [SESSIONS],
    "jwt": [TOKENS],
    "both": [SESSIONS, TOKENS, COMBINED],
}


def table(document: Path, *columns: str) -> dict[str, list[str]]:
    """Return the rows of the table with these columns, by their first cell."""
    lines = document.read_text("utf-8").splitlines()
    rows: dict[str, list[str]] = {}
    for line in lines[lines.index(f"| {' | '.join(columns)} |") + 2 :]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        rows[first] = rest
    return rows


def constant(module: Path, name: str) -> Any:
    """Return the value of a constant, without importing the module."""
    for statement in ast.parse(module.read_text("utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return ast.literal_eval(value)
    raise AssertionError(name)


@pytest.mark.parametrize("auth", MODELS)
def test_revocations_are_documented_as_tested(bake: Baker, auth: str) -> None:
    project = bake(auth=auth).path

    for document, columns, module in REVOCATIONS[auth]:
        documented = table(project / "docs" / document, "event", *columns)

        assert documented == constant(project / f"tests/contract/{module}.py", "EXPECTED")


@pytest.mark.parametrize("registration", ["open", "closed"])
@pytest.mark.parametrize("auth", MODELS)
def test_every_attack_id_of_the_security_notes_is_tested(
    bake: Baker, auth: str, registration: str
) -> None:
    project = bake(auth=auth, registration=registration, second_factor="passkeys").path
    claimed = {
        found
        for path in (project / "docs").rglob("*.md")
        for found in ID.findall(path.read_text("utf-8"))
    }
    tested = {
        found
        for path in (project / "tests/attacks").rglob("test_*.py")
        for line in path.read_text("utf-8").splitlines()
        if '"""' in line
        for found in ID.findall(line)
    }

    assert claimed - tested == set()
    # R3 is the format of responses, not a threat.
    assert tested - claimed <= {"R3"}


@pytest.mark.parametrize("auth", MODELS)
def test_every_security_event_is_listed(bake: Baker, auth: str) -> None:
    project = bake(auth=auth, second_factor="passkeys").path
    sources = [
        path.read_text("utf-8")
        for path in project.rglob("*.py")
        if not path.is_relative_to(project / "tests")
    ]
    recorded = {
        event for text in sources if "security" in text for event in RECORDED.findall(text)
    }
    documents = [*sorted((project / "docs").glob("sec*.md")), project / "docs/passkeys/README.md"]
    notes = "\n".join(path.read_text("utf-8") for path in documents)
    tables = "".join(re.findall(r"^\| Event \| When \|\n((?:\|.*\n)+)", notes, re.MULTILINE))
    listed = re.findall(r"^\| (`\w+`.*?) \|", tables, re.MULTILINE)

    assert recorded == set(re.findall(r"`(\w+)`", " ".join(listed)))


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_the_recipe_for_other_services_is_the_one_that_is_tested(bake: Baker, auth: str) -> None:
    project = bake(auth=auth).path
    found = re.search(
        r"```python\n(import jwt\n.*?)```", (project / "docs/tokens.md").read_text(), re.DOTALL
    )
    assert found

    tested = (ROOT / "tests/in_projects/attacks/api/recipe.py").read_text("utf-8")

    assert tested.endswith(found[1])


@pytest.mark.parametrize("auth", MODELS)
def test_defaults_that_a_team_may_change(bake: Baker, auth: str) -> None:
    """F14: the tests of a project do not pin these."""
    text = (bake(auth=auth).path / "config/settings/base.py").read_text("utf-8")
    found = dict(re.findall(r"^(\w+) = (.+)$", text, re.MULTILINE))

    assert found["PASSWORD_RESET_TIMEOUT"] == "60 * 60"  # noqa: S105 - a duration
    assert found["EMAIL_LINK_TIMEOUT"] == "24 * 60 * 60"
    assert found["TIME_ZONE"] == '"UTC"'
    assert found["DATA_UPLOAD_MAX_NUMBER_FIELDS"] == "200"


# Where each model can go in one step, and the documents and requests of its flows.
TARGETS = {"session": {"both"}, "jwt": {"both"}, "both": {"session", "jwt"}}
FLOWS = {
    "session": {"sessions.md": {"authenticate", "sign_ins.revoke_one"}},
    "jwt": {
        "api.md": {"/api/auth/token/ "},
        "tokens.md": {"token/refresh/", "token/revoke/"},
    },
}
FLOWS["both"] = {
    **FLOWS["session"],
    **FLOWS["jwt"],
    "sessions-and-tokens.md": {"token/exchange/"},
}


@pytest.mark.parametrize("auth", ["jwt", "both"])
def test_every_claim_is_documented(bake: Baker, auth: str) -> None:
    project = bake(auth=auth).path
    documented = table(project / "docs/tokens.md", "Claim", "Meaning")

    names = {name for cell in documented for name in re.findall(r"`(\w+)`", cell)}

    code = (project / "token_auth/claims.py").read_text("utf-8")
    reserved = set(re.findall(r'"(\w+)"', code.partition("RESERVED = ")[2].partition("\n)")[0]))
    assert names == reserved - {"nbf"}  # reserved, because libraries give it a meaning


@pytest.mark.parametrize("auth", MODELS)
def test_the_decision_is_recorded_with_its_alternatives(bake: Baker, auth: str) -> None:
    text = (bake(auth=auth).path / "docs/authentication.md").read_text("utf-8")
    record = text.split("\n## ")[1]

    assert re.findall(r"^\*\*(\w+):\*\*", record, re.MULTILINE) == [
        *("Status", "Context", "Decision", "Consequences")
    ]
    changes = re.findall(r"--variables-to-update '(.+)'$", record, re.MULTILINE)
    assert {json.loads(change)["auth"] for change in changes} == TARGETS[auth]
    command = TO_ANOTHER.partition("'")[0]
    assert all(f"{command}'{change}'" in record for change in changes)


@pytest.mark.parametrize("auth", MODELS)
def test_each_flow_has_a_diagram_in_the_document_of_its_model(bake: Baker, auth: str) -> None:
    docs = bake(auth=auth).path / "docs"
    for name, requests in FLOWS[auth].items():
        diagrams = re.findall(
            r"```mermaid\nsequenceDiagram\n(.*?)```", (docs / name).read_text("utf-8"), re.DOTALL
        )
        for request in requests:
            assert any(request in diagram for diagram in diagrams), (name, request)
        for diagram in diagrams:
            declared = set(re.findall(r"participant (\w+)", diagram))
            arrows = re.findall(r"^ *(\w+)--?>>(\w+):", diagram, re.MULTILINE)
            assert {end for arrow in arrows for end in arrow} == declared
