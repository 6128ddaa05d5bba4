"""Management commands, and the services that they share with staff."""

from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.models import User
from accounts.services import staff
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str, **options: Any) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed, **options)
    return printed.getvalue()


def receivers() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def test_invited_user_gets_an_email_and_no_password() -> None:
    printed = run("invite_user", "grace@example.com", "--name=Grace")

    assert printed == "Invited grace@example.com.\n"
    user = User.objects.get()
    assert (user.name, user.has_usable_password()) == ("Grace", False)
    assert receivers() == ["grace@example.com"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["invite_user", "ADA@example.com"], "There is already an account"),
        # Only the other field is named: it said that the address is taken.
        (["invite_user", "grace@example.com", "--name=Ada"], "Name"),
        (["deactivate_user", "nobody@example.com"], "There is no account"),
        (["createsuperuser", "--no-input", "--email=ADA@Example.com"], "already taken"),
    ],
)
def test_conflict_is_reported_in_one_line(
    user: User,
    unique_name: None,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
) -> None:
    """C06, C07: without a terminal; any spelling is taken."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=message) as refusal:
        run(*words)
    assert "\n" not in str(refusal.value)
    assert ("email" in str(refusal.value)) is (message != "Name")
    assert mail.outbox == []
    assert not User.objects.get().is_superuser


@pytest.mark.parametrize(
    "email", ["nobody", "a@evil＠example.org", "alice@exam\u200bple.org", "a@\udc80.org"]
)
@pytest.mark.parametrize(
    ("command", "option"),
    [("invite_user", ""), ("deactivate_user", ""), ("createsuperuser", "--email=")],
)
def test_text_that_is_no_email_address_is_refused_in_one_line(
    command: str, option: str, email: str
) -> None:
    """C01, C04."""
    with pytest.raises(CommandError) as refusal:
        run(command, f"{option}{email}", **({"interactive": False} if option else {}))
    assert "\n" not in str(refusal.value)
    assert not User.objects.exists()


def test_conflict_that_is_not_about_the_email_is_not_taken_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """C07."""

    def conflict(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(User, "save", conflict)
    with pytest.raises(IntegrityError):
        staff.invite("grace@example.com")


def test_deactivated_user_may_not_sign_in(user: User) -> None:
    assert run("deactivate_user", "ADA@example.com") == "Deactivated ada@example.com.\n"
    assert not User.objects.get().may_sign_in


def test_startapp_uses_the_template_of_the_project(tmp_path: Path) -> None:
    call_command("startapp", "notes", str(tmp_path))

    assert 'name = "notes"' in (tmp_path / "apps.py").read_text("utf-8")
    assert (tmp_path / "migrations" / "__init__.py").exists()


def test_startapp_accepts_another_template(tmp_path: Path) -> None:
    template, target = tmp_path / "template", tmp_path / "target"
    template.mkdir()
    target.mkdir()
    (template / "own.py-tpl").write_text("# {{ app_name }}\n", "utf-8")

    call_command("startapp", "notes", str(target), template=str(template))

    assert (target / "own.py").read_text("utf-8") == "# notes\n"


def test_createsuperuser_asks_for_the_email_until_it_is_free_before_the_password(
    user: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """C06: at a terminal."""
    steps: list[str] = []
    emails = iter(["ADA@example.com", '"root"@example.com', "Root@example.com"])

    def answer(prompt: str) -> str:
        steps.append("email")
        return next(emails)

    def password(prompt: str = "") -> str:
        steps.append("password")
        return PASSWORD

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("getpass.getpass", password)
    call_command("createsuperuser", stdin=SimpleNamespace(isatty=lambda: True))

    assert steps == ["email", "email", "email", "password", "password"]
    assert capsys.readouterr().err.count("Error") == 2
    assert User.objects.get(is_superuser=True).email == "root@example.com"


@pytest.mark.parametrize("verified", [True, False])
def test_staff_change_an_email_and_say_whether_it_is_verified(user: User, verified: bool) -> None:
    """C08: the previous address is notified either way."""
    staff.change_email(user, "New@example.com", verified=verified)
    assert User.objects.get().may_sign_in == verified
    assert receivers() == ["ada@example.com", *([] if verified else ["new@example.com"])]


def test_staff_cannot_change_an_email_to_a_taken_one(user: User, other: User) -> None:
    with pytest.raises(staff.EmailTakenError):
        staff.change_email(user, other.email.capitalize())


def test_invited_user_whose_email_staff_change_is_invited_again() -> None:
    staff.change_email(staff.invite("grace@example.com"), "hopper@example.com")
    assert receivers() == ["grace@example.com", "grace@example.com", "hopper@example.com"]
