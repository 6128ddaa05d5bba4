"""P: passwords of administrators."""

import getpass
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from accounts.models import User
from tests.conftest import PASSWORD


def test_p15_createsuperuser_validates_passwords(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P15, ASVS 6.2.4: passwords of administrators too."""
    typed = iter(["password1234", "password1234", PASSWORD, PASSWORD])
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(typed))
    monkeypatch.setattr("builtins.input", lambda *_: "n")
    stdin = SimpleNamespace(isatty=lambda: True)

    call_command("createsuperuser", email="root@example.com", stdin=stdin)

    assert "combination of common passwords" in capsys.readouterr().err
    assert User.objects.get().check_password(PASSWORD)
