"""Prunes what was not chosen, writes the secrets of this checkout, and says what to do next.

Cookiecutter renders this file before it runs it. The answers come in through JSON, never pasted
into source text, so that no answer can become code. Nothing here uses the network.
"""

import json
import os
import secrets
import shutil
import signal
import sys
import time
from pathlib import Path

ANSWERS = json.loads({{cookiecutter | tojson | tojson}})
PROJECT = Path.cwd()

SECONDS_FOR_THE_PARENT_TO_END = 1
SECRET_BYTES = 64
SIGNING_KEY_BYTES = 64
MODELS = {
    "session": "pages with sessions",
    "jwt": "a JSON API with access and refresh tokens",
    "both": "pages with sessions and a JSON API with access and refresh tokens",
}


def unchosen(manifest, answers):
    """Return the paths that belong to answers which were not given.

    Args:
        manifest: rules of the form {"when": {question: [answers]}, "paths": [paths]}.
        answers: by question.
    """
    return [
        path
        for rule in manifest
        if any(answers[question] not in fitting for question, fitting in rule["when"].items())
        for path in rule["paths"]
    ]


def remove(project, path):
    """Remove one path of the project; what lies behind a link is never touched."""
    target = project / path
    if not target.parent.exists():
        return
    inside = target.parent.resolve().is_relative_to(project.resolve())
    if ".." in target.parts or not inside:
        raise ValueError(f"{path} leads out of the project")
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def litter(project, names):
    """Return what running the template's own tree may have left in it, at any depth."""
    return [
        Path(folder, name).relative_to(project)
        for folder, folders, files in os.walk(project)
        for name in folders + files
        if name in names
    ]


def remove_empty_folders(project):
    """Remove folders that pruning has left without a file."""
    for folder, _, _ in os.walk(project, topdown=False):
        if Path(folder) != project and not any(Path(folder).iterdir()):
            Path(folder).rmdir()


def dotenv(answers):
    """Return the content of `.env`: secrets for this checkout, marked as fit for nothing else."""
    lines = [
        "# For this checkout only: production refuses these values.",
        f"SECRET_KEY=development-{secrets.token_urlsafe(SECRET_BYTES)}",
    ]
    if answers["auth"] != "session":
        key = secrets.token_urlsafe(SIGNING_KEY_BYTES)
        lines.append(f"JWT_SIGNING_KEYS=development-1:{key}")
    return "\n".join(lines) + "\n"


def write_private(path, content):
    """Write a new file that only its owner may read, from its first moment on."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)


def next_steps(answers):
    """Return what to read on the screen after generation."""
    return f"""
Generated {answers["project_slug"]}: {MODELS[answers["auth"]]} (auth={answers["auth"]}).
Registration: {answers["registration"]}. Django: {answers["django_version"]}.

    cd {answers["project_slug"]}
    uv run manage.py migrate
    uv run manage.py createsuperuser
    uv run manage.py runserver

README.md has the same without uv, and what comes then.
"""


def clear(project):
    """Remove everything in the folder, which was empty before: the other hook has seen to that."""
    for path in list(project.iterdir()):
        remove(project, path.name)


class Terminated(Exception):
    """Somebody ends this process, or has ended Cookiecutter."""


def terminate(*_):
    """Handle SIGTERM."""
    raise Terminated


def check_is_wanted(parent):
    """End when Cookiecutter has been ended in the meantime, and nobody waits for the project."""
    if os.getppid() != parent:
        raise Terminated


def wait_for_end_of(parent):
    """Wait a moment for Cookiecutter to end and tell whether it has."""
    deadline = time.monotonic() + SECONDS_FOR_THE_PARENT_TO_END
    while os.getppid() == parent and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.getppid() != parent


def leave(project):
    """Remove the folder itself."""
    os.chdir(project.parent)
    project.rmdir()


def main():
    """Finish the project, or leave nothing of it behind."""
    signal.signal(signal.SIGTERM, terminate)
    parent = os.getppid()
    try:
        for path in unchosen(ANSWERS["_manifest"], ANSWERS) + litter(PROJECT, ANSWERS["_litter"]):
            remove(PROJECT, path)
        remove_empty_folders(PROJECT)
        write_private(PROJECT / ".env", dotenv(ANSWERS))
        check_is_wanted(parent)
        sys.stdout.write(next_steps(ANSWERS))
    except KeyboardInterrupt:
        clear(PROJECT)
        # Cookiecutter is interrupted by the same key and removes nothing.
        leave(PROJECT)
        sys.exit("Nothing was generated: interrupted.")
    except Terminated:
        clear(PROJECT)
        # Cookiecutter removes the folder of a hook that fails, unless it was ended as well.
        if wait_for_end_of(parent):
            leave(PROJECT)
        sys.exit("Nothing was generated: terminated.")
    except (OSError, ValueError, NotImplementedError) as error:
        clear(PROJECT)
        sys.exit(f"Nothing was generated: {error}.")


if __name__ == "__main__":
    main()
