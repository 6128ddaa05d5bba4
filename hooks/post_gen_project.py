"""Prunes what was not chosen, writes secrets and where the project is from, says what is next.

Cookiecutter renders this file before it runs it. The answers come in through JSON, never pasted
into source text, so that no answer can become code. Nothing here uses the network.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

ANSWERS = json.loads({{cookiecutter | tojson | tojson}})
PROJECT = Path.cwd()

SECONDS_FOR_THE_PARENT_TO_END = 1
SECRET_BYTES = 64
SIGNING_KEY_BYTES = 64
RECORD = ".cruft.json"
UNKNOWN = "unknown"
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


def git(folder, *words):
    """Return what Git says about a folder; nothing if it fails or is not there."""
    # Set where this is run by a hook of another repository, to which Git would then turn.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "-C", folder, *words],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def source(answers):
    """Return the folder of the template; None if it cannot be told which that is.

    A template that was named by a relative path is looked for where the shell was. Only one that
    has all the private values of these answers can have made them: one that came from a replay of
    another version has not.
    """
    folder = Path(os.environ.get("PWD", ""), answers.get("_repo_dir", ""))
    try:
        definition = json.loads((folder / "cookiecutter.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    fixed = [name for name in definition if name[0] == "_" and name[:2] != "__"]
    same = all(definition[name] == answers.get(name) for name in fixed)
    return folder if folder.is_absolute() and same else None


def without_password(url):
    """Return the address of a repository without what may be a secret."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    kept = user.partition(":")[0] + at if parts.scheme == "ssh" else ""
    return parts._replace(netloc=kept + host).geturl() if "://" in url else url


def origin(folder):
    """Return which repository, commit and folder in it the template is; what is not known is so.

    It is the repository that the folder was cloned from, if that has the commit, and else the
    folder itself, which others cannot reach. A tree with changes of its own is no commit.
    """
    if folder is None or not git(folder, "ls-files", "cookiecutter.json"):
        return UNKNOWN, UNKNOWN, None
    commit = git(folder, "rev-parse", "HEAD")
    template = git(folder, "config", "remote.origin.url")
    shared = ("refs/remotes/origin", "refs/tags")
    if not template or not git(folder, "for-each-ref", "--contains", commit, *shared):
        template = git(folder, "rev-parse", "--show-toplevel")
    changed = git(folder, "status", "--porcelain", "--", ".")
    inside = git(folder, "rev-parse", "--show-prefix").rstrip("/")
    return without_password(template), UNKNOWN if changed else commit, inside or None


def record(answers, template, commit, inside):
    """Return the content of `.cruft.json`: which template made this, and with which answers.

    In cruft's own format. Private values are left out but for the version: they belong to the
    template, and follow it.
    """
    given = {name: answer for name, answer in answers.items() if not name.startswith("_")}
    content = {
        "template": template,
        "commit": commit,
        "checkout": answers.get("_checkout"),
        "context": {"cookiecutter": given | {"_template_version": answers["_template_version"]}},
        "directory": inside,
    }
    # ASCII alone, so that cruft reads it under any locale.
    return json.dumps(content, indent=2) + "\n"


def summary(answers):
    """Return what was generated, in words."""
    return f"""
Generated {answers["project_slug"]}: {MODELS[answers["auth"]]} (auth={answers["auth"]}).
Registration: {answers["registration"]}. Django: {answers["django_version"]}.
"""


def next_steps(answers, commit):
    """Return what to read on the screen after generation."""
    steps = f"""
    cd {answers["project_slug"]}
    uv run manage.py migrate
    uv run manage.py createsuperuser
    uv run manage.py runserver

README.md has the same without uv, and what comes then.
"""
    if commit == UNKNOWN:
        steps += f"""
No commit of the template is known to have made this. {RECORD} says so, and has to be
completed before updates of the template can be followed: see its docs/upgrading.md.
"""
    return steps


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
        # cruft names the commit. It keeps the record itself, prints differences on standard
        # output, and generates twice for an update.
        if "_commit" in ANSWERS:
            sys.stderr.write(summary(ANSWERS))
            return
        template, commit, inside = origin(source(ANSWERS))
        content = record(ANSWERS, template, commit, inside)
        (PROJECT / RECORD).write_bytes(content.encode())
        check_is_wanted(parent)
        sys.stdout.write(summary(ANSWERS) + next_steps(ANSWERS, commit))
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
