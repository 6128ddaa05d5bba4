"""Commands of docs/upgrading.md that the tests run."""

from __future__ import annotations

from tests.upgrade.cruft import COMMANDS

CHECK = "uvx cruft check"
UPDATE = "uvx cruft update --skip-apply-ask"
UPDATE_TO = "uvx cruft update --skip-apply-ask --checkout v0.2.0"
BRANCH = "git switch --create template-update"
FIRST_COMMIT = 'git init && git add --all && git commit --message "As generated"'
COMMIT_LOCK = 'git add uv.lock && git commit --message "Lock dependencies"'
MARKED = "git diff --name-only --diff-filter=U"
REJECTED = "git ls-files --others --exclude-standard '*.rej'"
LINK = (
    'uvx cruft link ADDRESS --checkout v0.1.0 --no-input --extra-context "$(cat ../answers.json)"'
)
TO_ANOTHER = 'uvx cruft update --skip-apply-ask --variables-to-update \'{"auth": "both"}\''
TO_SECOND_FACTOR = (
    'uvx cruft update --skip-apply-ask --variables-to-update \'{"second_factor": "totp"}\''
)
ONE_KEY = next(command for command in COMMANDS if "JWT_SIGNING_KEYS" in command)
MIGRATE = "uv run manage.py migrate"
BEFORE = {
    ("both", "session"): ["uv run manage.py migrate with_sessions zero"],
    ("both", "jwt"): [
        "uv run manage.py migrate with_sessions zero",
        "uv run manage.py migrate session_auth zero",
        "uv run manage.py migrate admin zero",
        "uv run manage.py migrate sessions zero",
    ],
    ("passkeys", "totp"): ["uv run manage.py migrate passkeys zero"],
    ("totp", "none"): ["uv run manage.py migrate second_factor zero"],
}
AFTER = [
    "uv run manage.py clean_up",
    "uv run manage.py remove_stale_contenttypes --include-stale-apps --no-input",
]
