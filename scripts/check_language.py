"""Search files for words that the style of this project replaces.

Usage: python scripts/check_language.py FILE_OR_FOLDER...

Prints one line for each finding, with the suggested wording, and exits with 1 if there is any.
`docs/glossary.md` explains the choices.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIXES = {".cfg", ".conf", ".html", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
NAMES = {".env.example", "Dockerfile", "Makefile"}
# The glossary quotes the words, and this file lists them.
EXEMPT = {"docs/glossary.md", "scripts/check_language.py"}

REPLACEMENTS = {
    r"who(m|so)?ever": "users, clients, attackers, callers",
    r"(some|any|every)body(?!@)": "users, callers, everyone, or name the person",
    r"(?<!=)nobody(?![@\"`]|, staff)": "no one, or name who",
    r"(what|where|which)ever": "any, every, or name it",
    r"beside": "with, next to, in addition to",
    r"purses?": "rate-limit key",
    r"vouch(es|ed)?": "trust",
    r"farewell": "sign-out response",
    r"at once": "immediately, or concurrently",
    r"goes on": "continues",
    r"of ours": "our",
    r"t(old|ell|ells) of": "notify, report",
    r"in any case": "usually nothing",
    r"once more": "again",
    r"no longer good": "expired, revoked",
    r"show(n|s)? (a|the) password": "enter the password",
    r"mend(s|ed|ing)?": "fix",
    r"(is|are) gone": "has ended, was deleted",
    r"e-mails?": "email",
    r"mails": "emails",
    r"licence": "license",
}
PATTERN = re.compile(
    "|".join(rf"(?P<g{n}>\b(?:{word})\b)" for n, word in enumerate(REPLACEMENTS)), re.IGNORECASE
)


def main(arguments: list[str]) -> int:
    """Print every finding below the given paths and return the exit status."""
    findings = list(search(map(Path, arguments)))
    for path, number, word, replacement in findings:
        print(f"{path}:{number}: {word!r}: write {replacement}")
    return 1 if findings else 0


def search(paths: Iterable[Path]) -> Iterator[tuple[Path, int, str, str]]:
    """Yield file, line number, word and replacement of each finding."""
    replacements = list(REPLACEMENTS.values())
    for path in sorted(set(_files(paths))):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            for match in PATTERN.finditer(line):
                group = int((match.lastgroup or "g0")[1:])
                yield path, number, match[0], replacements[group]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_file():
            yield path
            continue
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=path,
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split("\0")
        found = [path / name for name in listed if name] or list(path.rglob("*"))
        for file in found:
            readable = file.suffix in SUFFIXES or file.name in NAMES
            exempt = any(file.as_posix().endswith(name) for name in EXEMPT)
            if readable and not exempt and file.is_file():
                yield file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
