"""Programs that need settings, and do not start without them."""

import pytest

from tests.config.conftest import run
from tests.config.production import PRODUCTION_ENVIRONMENT


@pytest.mark.parametrize(
    "words", [["manage.py", "check"], ["-m", "gunicorn", "--check-config", "config.wsgi"]]
)
def test_program_that_does_not_start_names_the_missing_variable(words: list[str]) -> None:
    environment = {
        **PRODUCTION_ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
    }
    del environment["EMAIL_URL"]
    done = run(*words, **environment)
    assert done.returncode != 0
    assert "  EMAIL_URL: Environment variable not set." in done.stderr.splitlines()
