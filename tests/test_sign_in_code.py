"""The code of sign-ins stays small enough to be read in one sitting."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

# The row, its life, and what follows from its end, for sessions and for tokens.
MODULES = (
    "accounts/services/cleanup.py",
    "accounts/user_agents.py",
    "accounts/management/commands/clean_up.py",
    "accounts/receivers.py",
    "accounts/services/notifications.py",
    "accounts/services/sign_ins.py",
    "accounts/signals.py",
    "session_auth/middleware.py",
    "session_auth/models.py",
    "session_auth/receivers.py",
    "session_auth/sessions.py",
    "token_auth/receivers.py",
    "token_auth/revocation.py",
    "token_auth/services.py",
)
MODEL = ("accounts/models.py", "SignIn")
LINES_IN_ALL = 500
LINES_OF_A_MODULE = 300


def lines_of_code(path: Path, name: str | None = None) -> int:
    """Count the lines that are neither blank, nor comment, nor docstring."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    part = next(node for node in tree.body if name in {None, getattr(node, "name", "")})
    first, last = (part.lineno, part.end_lineno) if name else (1, None)
    spoken = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = list(enumerate(text.splitlines(), 1))[first - 1 : last]
    return sum(
        1
        for number, line in lines
        if number not in spoken and line.strip() and not line.strip().startswith("#")
    )


def test_it_is_under_500_lines(bake: Baker) -> None:
    project = bake(auth="both").path
    counted = [lines_of_code(project / name) for name in MODULES]

    assert min(counted) > 0
    assert sum(counted) + lines_of_code(project / MODEL[0], MODEL[1]) < LINES_IN_ALL


def test_no_module_is_long(bake: Baker) -> None:
    for path in bake(auth="both").path.rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= LINES_OF_A_MODULE, path
