"""The definition in cookiecutter.json: questions, labels, manifest, markers and version."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Cli = Callable[..., subprocess.CompletedProcess[str]]

TREE = "{{cookiecutter.project_slug}}"
# The only files that may hold markers; everything else is pruned by its path.
WITH_MARKERS = {
    ".env.example",
    "README.md",
    "config/settings/base.py",
    "config/settings/development.py",
    "config/settings/environment.py",
    "config/settings/production.py",
    "config/settings/test.py",
    "config/urls.py",
    "deploy/Dockerfile",
    "deploy/compose/.env.example",
    "deploy/compose/nginx.conf",
    "docs/authentication.md",
    "docs/deployment.md",
    "docs/operations.md",
    "pyproject.toml",
}
FREE_TEXT = re.compile(r"cookiecutter\.(__)?(project_name|description|author_name)")


def test_every_question_and_every_choice_has_a_label(definition: dict[str, Any]) -> None:
    labels = definition["__prompts__"]
    for name, value in definition.items():
        if name.startswith("_"):
            continue
        if isinstance(value, list):
            assert set(labels[name]) == {"__prompt__", *value}
            for choice in value:
                assert labels[name][choice].startswith(choice), choice
                benefit, semicolon, cost = labels[name][choice].partition("; ")
                assert semicolon and len(benefit) > len(choice) + 3 and cost, choice
            recommended = [c for c in value if "(recommended)" in labels[name][c]]
            assert recommended == value[:1]
        else:
            assert labels[name]


def test_prompts_fit_into_80_columns(cli: Cli, definition: dict[str, Any]) -> None:
    done = cli(input="\n" * 13)
    assert done.returncode == 0, done.stderr
    # Answers that are not typed leave the next question on the same line.
    shown = re.sub(r"(?<=: )(?=  \[)", "\n", done.stdout)
    pattern = r"  \[\d+/13\]|    \d - "
    asked = [line for line in shown.splitlines() if re.match(pattern, line)]
    choices = [v for n, v in definition.items() if n[0] != "_" and isinstance(v, list)]
    assert len(asked) == 13 + sum(len(values) for values in choices)
    assert [line for line in asked if len(line) > 80] == []


def test_hooks_are_short(template: Path) -> None:
    """Platform teams review the hooks before they allow them to run."""
    for name, limit in (("pre_gen_project", 150), ("post_gen_project", 200)):
        lines = (template / "hooks" / f"{name}.py").read_text("utf-8").splitlines()
        assert len(lines) <= limit
        functions = [line for line in lines if line.startswith("def ")]
        assert functions[0] == "def main():"


def test_the_questions_are_asked_in_this_order(definition: dict[str, Any]) -> None:
    assert [name for name in definition if not name.startswith("_")] == [
        "project_name",
        "project_slug",
        "description",
        "author_name",
        "author_email",
        "domain_name",
        "auth",
        "registration",
        "second_factor",
        "django_version",
        "ci",
        "deployment",
        "license",
    ]
    assert definition["auth"] == ["session", "jwt", "both"]


def test_one_version(definition: dict[str, Any], template: Path) -> None:
    project = tomllib.loads((template / "pyproject.toml").read_text("utf-8"))["project"]
    assert definition["_template_version"] == project["version"]
    headings = re.findall(
        r"^## (.+)$", (template / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert headings[0] == "[Unreleased]"
    for heading in headings[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading), heading
    # The newest dated version is the current one. Before the first release, it is 0.1.0.
    released = headings[1].strip("[").partition("]")[0] if headings[1:] else "0.1.0"
    assert definition["_template_version"] == released


def test_each_version_has_steps_for_projects(template: Path) -> None:
    text = (template / "CHANGELOG.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert sections
    for section in sections:
        heading, _, body = section.partition("\n")
        assert re.match(r"\nFor your project: \S.{5,}", body), heading
        kinds = re.findall(r"^### (.+)$", body, re.MULTILINE)
        assert kinds or heading == "[Unreleased]", heading
        assert set(kinds) <= {"Added", "Changed", "Removed", "Fixed", "Security"}, heading


def test_derived_values_are_text(definition: dict[str, Any]) -> None:
    derived = {name: value for name, value in definition.items() if name.startswith("__")}
    del derived["__prompts__"]
    assert all(isinstance(value, str) for value in derived.values())


def test_manifest_paths_exist_and_rules_name_real_answers(
    definition: dict[str, Any], template: Path
) -> None:
    for rule in definition["_manifest"]:
        for question, answers in rule["when"].items():
            assert set(answers) < set(definition[question])
        for path in rule["paths"]:
            assert (template / TREE / path).exists(), path


def test_markers_are_only_in_listed_files(template: Path) -> None:
    found = {
        path.relative_to(template / TREE).as_posix()
        for path in (template / TREE).rglob("*")
        if path.is_file() and "# {%" in path.read_text("utf-8", "ignore")
    }
    assert found == WITH_MARKERS


def test_markers_are_few(template: Path) -> None:
    """A part of a file that can be a separate file needs no marker."""
    texts = [(template / TREE / name).read_text("utf-8") for name in WITH_MARKERS]
    assert len(texts) <= 15
    assert sum(text.count("# {% if ") for text in texts) <= 125


def test_markers_only_subtract(template: Path) -> None:
    for name in WITH_MARKERS:
        for line in (template / TREE / name).read_text("utf-8").splitlines():
            if "# {%" in line:
                assert re.fullmatch(r"\s*# \{% (if cookiecutter\..+|endif) %\}", line), line


def test_free_text_is_in_few_files(template: Path, definition: dict[str, Any]) -> None:
    found = {
        path.relative_to(template / TREE).as_posix()
        for path in (template / TREE).rglob("*")
        if path.is_file() and FREE_TEXT.search(path.read_text("utf-8", "ignore"))
    }
    licenses = {f"LICENSE-{name}" for name in definition["license"]}
    assert found == licenses | {"README.md", "config/settings/base.py", "pyproject.toml"}


def test_the_raw_tree_parses(template: Path) -> None:
    for path in (template / TREE).rglob("*"):
        # Compiled translations are not text.
        if not path.is_file() or path.suffix == ".mo":
            continue
        text = path.read_text("utf-8")
        match path.suffix:
            case ".py":
                ast.parse(text)
            case ".toml":
                tomllib.loads(text)
            case ".json":
                json.loads(text)
            case ".yaml" | ".yml":
                list(yaml.safe_load_all(text))


@pytest.mark.parametrize("hook", ["pre_gen_project", "post_gen_project"])
def test_hooks_use_no_network_and_no_shell(template: Path, hook: str) -> None:
    source = (template / "hooks" / f"{hook}.py").read_text("utf-8")
    imported = set(re.findall(r"^(?:import|from) (\w+)", source, re.MULTILINE))
    assert imported <= {
        *("contextlib", "fnmatch", "json", "os", "pathlib", "re", "secrets", "shlex", "shutil"),
        *("signal", "subprocess", "sys", "unicodedata"),
    }
    assert not re.search(r"\b(eval|exec|system|popen|urlopen)\(|shell=|urllib.request", source)
    # Git alone is run, and asked for nothing that it would have to fetch.
    started = re.findall(r"subprocess\.\w+\(\s*(.*)", source)
    assert len(started) == (1 if hook == "post_gen_project" else 0)
    assert all(words.startswith("command, env=environment") for words in started)
    assert re.findall(r"command = (.*)", source) == (
        ['["git", "-c", "core.fsmonitor=false", "-C", folder, *words]'] if started else []
    )
    asked = set(re.findall(r'\bgit\(folder, "([\w-]+)"', source))
    assert asked <= {"config", "for-each-ref", "ls-files", "rev-parse", "status"}


def test_cookiecutter_is_extended_by_nothing(template: Path, definition: dict[str, Any]) -> None:
    assert {name for name in definition if re.match("_[^_]", name)} == {
        *("_new_lines", "_jinja2_env_vars", "_copy_without_render", "_manifest", "_litter"),
        *("_template_version", "_reserved_slugs", "_markdown_escapes"),
    }
    assert set(definition["_jinja2_env_vars"]) == {
        *("block_start_string", "block_end_string", "comment_start_string", "comment_end_string"),
        *("trim_blocks", "lstrip_blocks"),
    }
    hooks = {path.name for path in (template / "hooks").iterdir()}
    assert hooks == {"pre_gen_project.py", "post_gen_project.py"}
    assert not list(template.glob("*extension*"))
