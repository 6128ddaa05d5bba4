"""The second factor adds no more code to a project than its readers were promised."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

LAYOUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def lines_of_code(path: Path) -> int:
    """Return the lines of a module without empty lines, comments and docstrings."""
    text = path.read_text("utf-8")
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in LAYOUT:
            found |= {*range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            found -= {*range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)}
    return len(found)


def size(project: Path) -> tuple[int, int]:
    """Return the lines of code of the application, without migrations, and of its tests."""
    application = tests = 0
    for path in project.rglob("*.py"):
        if path.is_relative_to(project / "tests"):
            tests += lines_of_code(path)
        elif path.parent.name != "migrations":
            application += lines_of_code(path)
    return application, tests


@pytest.mark.parametrize(
    ("auth", "second_factor", "application", "tests"),
    [("session", "totp", 850, 900), ("both", "passkeys", 1400, 1900)],
)
def test_a_second_factor_stays_small(
    bake: Baker, auth: str, second_factor: str, application: int, tests: int
) -> None:
    without = size(bake(auth=auth, second_factor="none").path)
    found = size(bake(auth=auth, second_factor=second_factor).path)

    added = (found[0] - without[0], found[1] - without[1])
    assert 0 < added[0] <= application
    assert 0 < added[1] <= tests


def test_only_code_counts(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Text.\n\nMore."""\n\n# Why.\nNAME = (\n    1,\n)\n\n\ndef f():\n    """T."""\n'
    )

    assert lines_of_code(module) == 4
