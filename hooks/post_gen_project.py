"""Completion of a generated project: pruning, file modes, secrets, a record, and next steps.

Cookiecutter renders this file before running it. Answers arrive as JSON and are never pasted into
source text, so an answer cannot become code. Nothing here uses the network.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

ANSWERS = json.loads({{cookiecutter | tojson | tojson}})
PROJECT = Path.cwd()


def main():
    """Complete the project, or leave nothing of it behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parent = os.getppid()
    try:
        text = complete(PROJECT, ANSWERS)
        if os.getppid() != parent:  # Cookiecutter was terminated meanwhile
            raise KeyboardInterrupt  # noqa: TRY301 - the same ending as Ctrl-C
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing may be left behind
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for path in list(PROJECT.iterdir()):
            remove(PROJECT, path.name)
        if isinstance(error, KeyboardInterrupt):
            # Cookiecutter removes the folder after a failure, but not after Ctrl-C.
            os.chdir(PROJECT.parent)
            PROJECT.rmdir()
        sys.exit(f"Nothing was generated: {str(error) or 'interrupted'}.")
    # cruft prints differences on standard output. A closed output is not a failure.
    with suppress(OSError):
        os.write(2 if "_commit" in ANSWERS else 1, text.encode())


def complete(project, answers):
    """Prune the project, write what is its own, and return what to tell the user."""
    set_modes(project)
    for path in unchosen(answers["_manifest"], answers) + litter(project, answers["_litter"]):
        remove(project, path)
    for folder, _, _ in os.walk(project, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()  # fails if there is something in it
    write_new(project / ".env", dotenv(answers), 0o600)
    (project / f"LICENSE-{answers['license']}").rename(project / "LICENSE")
    text = SUMMARY.format(**answers, model=MODELS[answers["auth"]])
    if "_commit" in answers:  # cruft writes the record itself, and generates twice for an update
        return text
    template, unknown = origin(answers)
    write_new(project / ".cruft.json", record(answers, template), 0o666)
    text += NEXT_STEPS.format(**answers)
    if not any((folder / ".git").exists() for folder in (project, *project.parents)):
        text += FIRST_COMMIT
    return text + (NO_COMMIT.format(unknown) if unknown else "")


def set_modes(project):
    """Give all files the modes and line endings of new ones; `#!` makes a file executable."""
    os.umask(umask := os.umask(0o077))
    for path in project.rglob("*"):
        if not path.is_symlink():
            content = b"#!" if path.is_dir() else path.read_bytes()
            if b"\r\n" in content and b"\0" not in content:  # text of an archive or an editor
                path.write_bytes(content.replace(b"\r\n", b"\n"))
            mode = 0o777 if content[:2] == b"#!" else 0o666
            path.chmod(mode & ~umask | mode & 0o700)


def unchosen(manifest, answers):
    """Return the paths in rules of the manifest of which a condition does not hold."""
    rules = [r for r in manifest if any(answers[q] not in r["when"][q] for q in r["when"])]
    return [path for rule in rules for path in rule["paths"]]


def litter(project, patterns):
    """Return what work on the template may have left in its tree, at any depth."""
    return [path for path in project.rglob("*") if any(fnmatch(path.name, p) for p in patterns)]


def remove(project, path):
    """Remove one path of the project, without following a link."""
    target = project / path
    if not target.parent.exists():
        return
    if ".." in target.parts or not target.parent.resolve().is_relative_to(project.resolve()):
        raise ValueError(f"{path} leads out of the project")
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def dotenv(answers):
    """Return the content of `.env`: secrets for this checkout, which production rejects."""
    comment = "# For this checkout only: production rejects these values."
    text = f"{comment}\nSECRET_KEY=development-{secrets.token_urlsafe(64)}\n"
    if answers["auth"] != "session":
        text += f"JWT_SIGNING_KEYS=development-1:{secrets.token_urlsafe(64)}\n"
    return text


def write_new(path, content, mode):
    """Write a new file that has this mode from its first moment on, and never through a link."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, mode), "w", encoding="utf-8", newline="\n") as file:
        file.write(content)


def record(answers, template):
    """Return the content of `.cruft.json`, in cruft's format: the template and the answers."""
    # The other private values belong to the template: an old manifest would prune a new tree.
    kept = {n: answers[n] for n in answers if n[0] != "_" or n == "_template_version"}
    content = {**template, "checkout": answers.get("_checkout"), "context": {"cookiecutter": kept}}
    return json.dumps(content, indent=2) + "\n"


def origin(answers):
    """Return which repository, commit and folder the template is, and why that is unknown."""
    found = {"template": "unknown", "commit": "unknown", "directory": None}
    folder, shared = source(answers), ("refs/remotes/origin", "refs/tags")
    try:
        words = ("HEAD", "--show-toplevel", "--show-prefix", "HEAD:./cookiecutter.json")
        told = folder and git(folder, "rev-parse", *words, "--remotes=origin", "--tags")
        if not told:
            return found, "It is not in a Git repository." if folder else "It was not found."
        commit, url, prefix, _, *refs = told.split("\n")
        # Others can reach what it was cloned from, but perhaps not with this commit.
        if refs and git(folder, "for-each-ref", "--contains", commit, *shared):
            url = git(folder, "config", "remote.origin.url") or url
        found |= {"template": re.sub(USER_OF_URL, "://", url), "directory": prefix[:-1] or None}
        changed = git(folder, "status", "--porcelain", "--", ".")
        found["commit"] = found["commit"] if changed else commit
    except LookupError as error:
        return found, str(error)
    return found, "It has uncommitted changes." if changed else ""


def source(answers):
    """Return the folder of the template; None if it is not found or has another version."""
    # A relative path starts where the shell was.
    folder = Path(os.environ.get("PWD", ""), answers.get("_repo_dir", ""))
    try:
        definition = json.loads((folder / "cookiecutter.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    same = all(definition[n] == answers.get(n) for n in definition if re.match("_[^_]", n))
    return folder if folder.is_absolute() and same else None


def git(folder, *words):
    """Return what Git prints about a folder, if anything. Raise LookupError if it cannot say."""
    # Git sets GIT_DIR and others for its hooks, and would turn to that repository.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", "-c", "core.fsmonitor=false", "-C", folder, *words]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
    except OSError:
        raise LookupError("Git is not installed.") from None
    if b"safe.directory" in done.stderr:
        raise LookupError(OTHER_OWNER.format(folder))
    return "" if done.returncode else done.stdout.decode("utf-8", "replace").strip()


USER_OF_URL = "://[^/]*:[^/]*@|(?<=http)://[^/]*@|(?<=https)://[^/]*@"  # may be a secret
MODELS = {"session": "pages", "jwt": "a JSON API", "both": "pages and a JSON API"}
SUMMARY = """
Generated {project_slug}: {model} (auth={auth}, second_factor={second_factor}).
Django {django_version}, registration={registration}, deployment={deployment}, ci={ci}, {license}.
"""
NEXT_STEPS = """
    cd {project_slug}
    uv run manage.py migrate
    uv run manage.py createsuperuser
    uv run manage.py runserver

README.md shows how to sign in; docs/authentication.md records the decision.
"""
FIRST_COMMIT = """
Before your first change:

    git init && git add --all && git commit --message "As generated"
"""
NO_COMMIT = """
The commit of the template is unknown. {}
Before an update, complete .cruft.json: see docs/upgrading.md in the template.
"""
OTHER_OWNER = "Its owner is another user. Let Git read it with safe.directory={}, and repeat."

if __name__ == "__main__":
    main()
