"""Reading of answers from a generated project, with the parser of each file format."""

from __future__ import annotations

import ast
import json
import tomllib
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from pathlib import Path

FREE_TEXT = ("project_name", "description", "author_name")


def plain(markdown: str) -> list[str]:
    """Return the text of each paragraph and heading as a reader sees it."""
    return [
        "".join(
            child.content if child.type == "text" else f"<{child.type}>"
            for child in token.children
        )
        for token in MarkdownIt().parse(markdown)
        if token.type == "inline" and token.children
    ]


def constants(source: str) -> dict[str, object]:
    """Return the constants that a module defines, by name."""
    return {
        statement.targets[0].id: statement.value.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
    }


def parse(path: Path) -> None:
    """Parse a file by its extension, and fail if it is invalid."""
    text = path.read_bytes().decode("utf-8")
    match path.suffix:
        case ".py":
            compile(text, path.name, "exec", dont_inherit=True)
        case ".toml":
            tomllib.loads(text)
        case ".json":
            json.loads(text)
        case ".yaml" | ".yml":
            list(yaml.safe_load_all(text))


def read_back(project: Path) -> list[tuple[str, str, object]]:
    """Return a row for each place in which an answer stands: the question, the place, the text.

    Args:
        project: generated with the files of every deployment.
    """

    def read(name: str) -> str:
        return (project / name).read_bytes().decode("utf-8")

    packaging = tomllib.loads(read("pyproject.toml"))["project"]
    (author,) = packaging["authors"]
    settings = constants(read("config/settings/base.py"))
    heading, description = plain(read("README.md"))[:2]
    ingress = yaml.safe_load(read("deploy/kubernetes/base/ingress.yaml"))
    compose = yaml.safe_load(read("deploy/compose/compose.yaml"))
    dotenv = dict(
        line.split("=", 1)
        for line in read("deploy/compose/.env.example").splitlines()
        if "=" in line and not line.startswith("#")
    )
    owner = next(line for line in read("LICENSE").splitlines() if line.startswith("Copyright (c)"))
    security_contact = str(settings["SECURITY_CONTACT"])
    recorded = json.loads(read(".cruft.json"))["context"]["cookiecutter"]
    return [
        *((name, ".cruft.json", recorded[name]) for name in FREE_TEXT),
        ("project_name", "SITE_NAME", settings["SITE_NAME"]),
        ("project_name", "README.md", heading),
        ("description", "pyproject.toml", packaging["description"]),
        ("description", "README.md", description),
        ("author_name", "pyproject.toml", author["name"]),
        ("author_name", "LICENSE", owner.removeprefix("Copyright (c) ")),
        ("author_email", "pyproject.toml", author["email"]),
        ("author_email", "SECURITY_CONTACT", security_contact.removeprefix("mailto:")),
        ("domain_name", "ingress.yaml", ingress["spec"]["rules"][0]["host"]),
        ("domain_name", ".env.example", dotenv["ALLOWED_HOSTS"]),
        ("project_slug", "folder", project.name),
        ("project_slug", "pyproject.toml", packaging["name"].replace("-", "_")),
        ("project_slug", "compose.yaml", compose["name"].replace("-", "_")),
    ]
