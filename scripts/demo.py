"""`make demo`: generate a project, install it, create a user and start it."""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
EMAIL = "demo@example.com"

PAGES = """
    Open http://localhost:{port}/ and sign in as {email} with the password {password}
    The admin is at http://localhost:{port}/admin/ for the same user.
"""
API = """
    Paste these lines to sign in to the API and get your profile:

TOKENS=$(curl -s http://localhost:{port}/api/auth/token/ -H 'Content-Type: application/json' \\
    -d '{{"email": "{email}", "password": "{password}"}}')
ACCESS=$(echo "$TOKENS" | python3 -c 'import json, sys; print(json.load(sys.stdin)["access"])')
curl -s http://localhost:{port}/api/auth/me/ -H "Authorization: Bearer $ACCESS"

    All endpoints are described at http://localhost:{port}/api/docs/
"""
GREETINGS = {"session": PAGES, "jwt": API, "both": PAGES + API}


def generate(auth: str) -> Path:
    """Generate the default project for a model, in place of an earlier one."""
    output = ROOT / "build" / f"demo-{auth}"
    shutil.rmtree(output, ignore_errors=True)
    subprocess.run(
        [
            BIN / "cookiecutter",
            ROOT,
            "--no-input",
            "--default-config",
            f"--output-dir={output}",
            f"auth={auth}",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(output.iterdir())


def install(project: Path, auth: str) -> Path:
    """Install the requirements of the project, separately from those of the template."""
    venv = ROOT / "build" / f"demo-{auth}-venv"
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = BIN / "uv"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, "-r", project / "pyproject.toml"],
        check=True,
    )
    return python


def main() -> None:
    """Prepare the demo, then serve it until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--auth", choices=GREETINGS, default="session")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()

    project = generate(arguments.auth)
    python = install(project, arguments.auth)
    password = secrets.token_urlsafe(12)
    # Links in emails and the issuer of tokens use this URL.
    environment = os.environ | {"PUBLIC_BASE_URL": f"http://localhost:{arguments.port}"}
    subprocess.run([python, "manage.py", "migrate", "-v0"], cwd=project, check=True)
    subprocess.run(
        [python, "manage.py", "createsuperuser", "--noinput", "--email", EMAIL],
        cwd=project,
        check=True,
        env=environment | {"DJANGO_SUPERUSER_PASSWORD": password},
        stdout=subprocess.DEVNULL,
    )
    greeting = GREETINGS[arguments.auth]
    print(greeting.format(port=arguments.port, email=EMAIL, password=password), flush=True)
    try:
        subprocess.run(
            [python, "manage.py", "runserver", str(arguments.port)],
            cwd=project,
            env=environment,
            check=False,
        )
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
