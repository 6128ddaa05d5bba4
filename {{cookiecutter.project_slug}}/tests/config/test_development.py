"""Development: settings for one machine and the commands on it."""

import os

import pytest

from tests.config.conftest import ROOT, Load


def test_empty_variables_count_as_unset(load: Load) -> None:
    """A copy of `.env.example` has them all."""
    example = (ROOT / ".env.example").read_text("utf-8")
    names = [line.split("=")[0].lstrip("# ") for line in example.splitlines() if "=" in line]
    empty = dict.fromkeys([name for name in names if name.isupper()], "")
    assert "DATABASE_URL" in empty

    found = load("development", empty)

    assert found.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found.SECRET_KEY
    assert load("test", empty).DATABASES["default"]["NAME"] == ":memory:"


def test_tests_use_their_own_settings(pytestconfig: pytest.Config) -> None:
    """Only the option wins over DJANGO_SETTINGS_MODULE of another project in the shell."""
    assert pytestconfig.getoption("ds") == os.environ["DJANGO_SETTINGS_MODULE"]


def test_emails_are_printed_unless_there_is_a_server(load: Load) -> None:
    """F17: printed by the backend that leaves out the HTML version."""
    assert "console_mail" in repr(vars(load("development", {})))
    found = vars(load("development", {"EMAIL_URL": "smtp://mail.example.com:1025"}))
    chosen = {name: found[name] for name in found if name in {"EMAIL_HOST", "MAILERS"}}
    assert "mail.example.com" in repr(chosen)


@pytest.mark.parametrize(("name", "value"), [("SCRIPT_NAME", "/shop"), ("DATABASE_URL", "x")])
def test_bad_value_is_refused_in_one_line(load: Load, name: str, value: str) -> None:
    """E05: some servers mount the service below a path by this variable."""
    with pytest.raises(Exception, match=f"  {name}: "):
        load("development", {name: value})
