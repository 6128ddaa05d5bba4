"""All texts that users see are marked for translation, and translated into German."""

from __future__ import annotations

import ast
import re
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Baker, Install

TREE = ROOT / "{{cookiecutter.project_slug}}"
PACKAGES = ("accounts", "brand", "session_auth", "token_auth", "web")
TEMPLATES = sorted(
    path
    for package in PACKAGES
    for path in (TREE / package).rglob("templates/**/*")
    if path.suffix in {".html", ".txt"}
)
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (TREE / package).rglob("*.py")
    if not {"management", "migrations"} & set(path.parts)
)
MARKED = re.compile(r"\{%\s*blocktranslate.*?\{%\s*endblocktranslate\s*%\}", re.DOTALL)
CLASS = re.compile(r"\{% block page_class %\}.*?\{% endblock %\}")
TAG = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
READ_ALOUD = {"alt", "aria-label", "content", "placeholder", "title"}
NOT_READ = {"viewport", "color-scheme"}
# Arguments that users see, by the name of the function or of the keyword.
FUNCTIONS = {"ValidationError", "message_user", "success", "error", "warning", "info"}
KEYWORDS = {"description", "detail", "error_message", "help_text", "label", "verbose_name"}
KEYS = {"detail", "invalid_login", "unique"}
NAMES = {
    "default_detail",
    "detail",
    "extra_detail_plural",
    "extra_detail_singular",
    "success_message",
}
# Prints the models and fields of the admin that have the same name in both languages.
NAMES_OF_MODELS = """
from django.apps import apps
from django.utils import translation

def names():
    for model in apps.get_models():
        options = model._meta
        if options.app_label in {"accounts", "session_auth", "with_sessions"}:
            yield str(options), str(options.verbose_name)
            shown = options.fields if options.app_label == "accounts" else ()
            for field in shown:
                if not field.primary_key and "hash" not in field.name and field.name not in HIDDEN:
                    yield str(field), str(field.verbose_name)

HIDDEN = {"language", "reset_requested_at"}
english = list(names())
with translation.override("de"):
    print("NAMES", len(english), sorted(set(english) & set(names())))
"""
MAKE = ("--locale=de", "--no-location", "--no-obsolete", "--no-wrap", "--ignore=tests")


class Reader(HTMLParser):
    """Collects what users read of a page: text and some attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag != "meta" or named.get("name") not in NOT_READ:
            self.read += [text or "" for name, text in named.items() if name in READ_ALOUD]

    def handle_data(self, data: str) -> None:
        self.read.append(data)


def unmarked_in_template(source: str) -> list[str]:
    """Return the texts of a template that no tag marks for translation."""
    reader = Reader()
    reader.feed(TAG.sub(" ", MARKED.sub(" ", CLASS.sub(" ", source))))
    return [text.strip() for text in reader.read if re.search(r"[^\W\d_]{2}", text)]


def unmarked_in_module(source: str) -> list[str]:
    """Return the literal texts in a module at places that users see."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for text in seen_by_users(node):
            if isinstance(text, ast.JoinedStr):
                found.append(ast.unparse(text))
            if isinstance(text, ast.Constant) and re.match(r"[A-Z]|.+ ", str(text.value)):
                found.append(str(text.value))
    return found


def seen_by_users(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions of `node` whose value users see."""
    if isinstance(node, ast.Call):
        yield from seen_arguments(node)
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in KEYS:
                yield value
    if isinstance(node, ast.Assign) and NAMES & {getattr(n, "id", "") for n in node.targets}:
        yield node.value
    if isinstance(node, ast.FunctionDef) and "raise ValidationError(message" in ast.unparse(node):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "message":
                yield inner.value


def seen_arguments(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of `call` that users see."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in FUNCTIONS and "log" not in ast.unparse(call.func):
        yield from call.args
    # Descriptions in an OpenAPI document are for developers.
    if name not in {"OpenApiParameter", "OpenApiResponse", "extend_schema"}:
        yield from (word.value for word in call.keywords if word.arg in KEYWORDS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(TREE)))
def test_texts_of_templates_are_marked(path: Path) -> None:
    assert unmarked_in_template(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TREE)))
def test_texts_of_modules_are_marked(path: Path) -> None:
    assert unmarked_in_module(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<a aria-label="Close {{ name }}"></a>', ["Close"]),
        ("{% if x %}confirmed{% endif %}", ["confirmed"]),
        ('<p class="menu">{% translate "Hello" %} {{ name }} · 12</p>', []),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}", []),
    ],
)
def test_unmarked_texts_of_templates_are_found(source: str, found: list[str]) -> None:
    assert unmarked_in_template(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('CharField(label="Email")', ["Email"]),
        ('messages.success(request, "It was saved.")', ["It was saved."]),
        ('raise ValidationError("Not an email.")', ["Not an email."]),
        ('raise ValidationError(f"Not {x}")', ["f'Not {x}'"]),
        ('def f():\n  message = "Not this."\n  raise ValidationError(message)', ["Not this."]),
        ('return JsonResponse({"detail": "Not found."})', ["Not found."]),
        ('def f():\n  message = "Not this."\n  raise ValueError(message)', []),
        ('CharField(label=_("New email"))', []),
    ],
)
def test_unmarked_texts_of_modules_are_found(source: str, found: list[str]) -> None:
    assert unmarked_in_module(source) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    "answers",
    [
        {"auth": "session", "registration": "closed"},
        {"auth": "jwt"},
        {"auth": "both", "second_factor": "passkeys"},
    ],
    ids=lambda answers: answers["auth"],
)
def test_german_is_complete(
    bake: Baker, bake_with_venv: Install, tmp_path: Path, answers: dict[str, str]
) -> None:
    """Each catalog has exactly the texts of the project, and is compiled."""
    _, python = bake_with_venv("both")
    project = bake(**answers).copy_to(tmp_path).path
    before = {path: entries(path) for path in sorted(project.rglob("*.po"))}
    assert before

    subprocess.run([python, "manage.py", "makemessages", *MAKE], cwd=project, check=True)

    assert {path: entries(path) for path in sorted(project.rglob("*.po"))} == before
    for path in before:
        subprocess.run(["msgfmt", "--check-format", "-o", "new.mo", path], cwd=project, check=True)
        compiled = path.with_suffix(".mo").read_bytes()
        assert compiled == (project / "new.mo").read_bytes(), f"run `make messages`: {path}"

    printed = subprocess.run(
        [python, "manage.py", "shell", "--command", NAMES_OF_MODELS],
        cwd=project,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert re.search(r"^NAMES [1-9]\d+ \[\]$", printed, re.MULTILINE), printed


def entries(path: Path) -> dict[str, str]:
    """Return the translations of a catalog by text; none may be missing or fuzzy."""
    text = path.read_text("utf-8")
    found = dict(
        block.split("\nmsgstr", 1)
        for block in re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip().split("\n\n")[1:]
    )
    assert "fuzzy" not in text.partition("\n\n")[2], path
    assert not [text for text, german in found.items() if re.search(r'^(\[\d\])? ""', german)]
    return found
