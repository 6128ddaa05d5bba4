"""Generation of a project next to an empty template, and the way to the first request."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.inside.clients import PASSWORD
from benchmarks.ours import MODELS, ROOT
from tests.environments import UV
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until

EMPTY = "empty template"
NO_HOOKS = " without hooks"
EMAIL = "first@example.com"
# Beginnings of the names of variables that would lead the new project to others.
OTHERS = (
    *("DATABASE_", "REDIS_", "DJANGO_", "PG"),
    *("VIRTUAL_ENV", "UV_PROJECT", "PYTHON", "GIT_"),
)


def empty_template(folder: Path) -> Path:
    """Create a template of one file without hooks, and return its folder."""
    template = folder / "empty"
    project = template / "{{cookiecutter.project_slug}}"
    project.mkdir(parents=True)
    (project / "README.md").write_text("# {{ cookiecutter.project_slug }}\n")
    (template / "cookiecutter.json").write_text('{"project_slug": "my_service"}\n')
    return template


def command(template: Path, output: Path, auth: str) -> list[str]:
    """Return the command that generates a project without questions."""
    words = ["--no-input", "--output-dir", str(output)]
    answer = [] if auth == EMPTY else [f"auth={auth.removesuffix(NO_HOOKS)}"]
    if auth.endswith(NO_HOOKS):
        words.append("--accept-hooks=no")
    return [sys.executable, "-m", "cookiecutter", str(template), *words, *answer]


def seconds(template: Path, auth: str) -> float:
    """Generate a project with an empty home, and return the processor time of all processes."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command(template, Path(folder), auth),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": folder, "PATH": os.environ["PATH"]},
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def programs(template: Path, auth: str) -> int | None:
    """Return how many programs a generation runs, or None if strace is not installed."""
    if shutil.which("strace") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "programs")
        trace = ["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-z"]
        subprocess.run(
            [*trace, "-o", log, *command(template, Path(folder), auth)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"HOME": folder, "PATH": os.environ["PATH"]},
        )
        return log.read_text().count("execve(")


def measure(rounds: int) -> dict[str, Any]:
    """Return the processor time and the programs of generating each model."""
    with tempfile.TemporaryDirectory() as folder:
        names = [*MODELS, f"both{NO_HOOKS}"]
        templates = {EMPTY: empty_template(Path(folder))} | dict.fromkeys(names, ROOT)
        times: dict[str, list[float]] = {name: [] for name in templates}
        for number in range(rounds + 1):
            for name, template in templates.items():
                spent = seconds(template, name)
                if number:
                    times[name].append(spent)
        return {
            name: {
                "cpu_s": round(statistics.median(times[name]), 3),
                "programs": programs(template, name),
            }
            for name, template in templates.items()
        }


def first_request(auth: str) -> dict[str, float]:
    """Return the seconds from nothing to the first signed-in request, and those of each step.

    The steps are those of the generated README, with packages that were downloaded before.
    """
    steps: dict[str, float] = {}
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{name: os.environ[name] for name in os.environ if not name.startswith(OTHERS)},
            "HOME": folder,
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
            "UV_CACHE_DIR": cache_folder(),
            "UV_PYTHON": sys.executable,
        }

        def run(step: str, where: Path, *words: str | Path) -> None:
            at = time.perf_counter()
            subprocess.run(
                words,
                cwd=where,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            steps[step] = round(time.perf_counter() - at, 2)

        run("generate", Path(folder), *command(ROOT, Path(folder), auth))
        project = Path(folder, "my_service")
        manage: list[str | Path] = [UV, "run", "--quiet", "manage.py"]
        run("install and migrate", project, *manage, "migrate", "-v0")
        create = ["createsuperuser", "--noinput", "--email", EMAIL]
        run("create a user", project, *manage, *create)
        at = time.perf_counter()
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", str(port)],
            cwd=project,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: server.poll() is not None or answers(port))
            steps["start"] = round(time.perf_counter() - at, 2)
            at = time.perf_counter()
            sign_in(port, auth)
            steps["sign in"] = round(time.perf_counter() - at, 2)
        finally:
            server.terminate()
            server.wait(timeout=60)
    return {"total": round(sum(steps.values()), 2), **steps}


def cache_folder() -> str:
    """Return the folder in which uv keeps the packages that it has downloaded."""
    done = subprocess.run([UV, "cache", "dir"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def answers(port: int) -> bool:
    """Return whether the server responds."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live/", timeout=60):
            return True
    except OSError:
        return False


def sign_in(port: int, auth: str) -> None:
    """Sign in, and read something as the signed-in user."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    base = f"http://127.0.0.1:{port}"
    content = {"Content-Type": "application/json"}
    body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
    if auth == "jwt":
        ask = urllib.request.Request(f"{base}/api/auth/token/", body, content)
        with opener.open(ask, timeout=60) as answer:
            access = json.load(answer)["access"]
        headers = {"Authorization": f"Bearer {access}"}
        read = urllib.request.Request(f"{base}/api/auth/me/", headers=headers)
        with opener.open(read, timeout=60) as answer:
            assert json.load(answer)["email"] == EMAIL
        return
    with opener.open(f"{base}/accounts/session/", timeout=60) as answer:
        token = json.load(answer)["csrf_token"]
    headers = content | {"X-CSRFToken": token, "Origin": base}
    ask = urllib.request.Request(f"{base}/accounts/session/", body, headers)
    with opener.open(ask, timeout=60) as answer:
        assert EMAIL in answer.read().decode()
    with opener.open(f"{base}/accounts/profile/", timeout=60) as answer:
        assert "/login/" not in answer.url
