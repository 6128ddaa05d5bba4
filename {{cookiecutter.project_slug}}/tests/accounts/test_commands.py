import re
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.models import User
from accounts.services import staff
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed)
    return printed.getvalue()


def test_an_invited_user_gets_a_mail_and_no_password() -> None:
    assert (
        run("invite_user", "grace@example.com", "--name=Grace") == "Invited grace@example.com.\n"
    )
    user = User.objects.get()
    assert (user.name, user.has_usable_password()) == ("Grace", False)
    assert [message.to for message in mail.outbox] == [["grace@example.com"]]


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nobody", "."),  # Django's message, in the language of the project
        ("ADA@example.com", "There is already an account"),
    ],
)
def test_a_bad_invitation_is_refused_in_one_line(user: User, email: str, message: str) -> None:
    with pytest.raises(CommandError, match=re.escape(message)):
        run("invite_user", email)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "email", ["a@evil＠example.org", "alice@exam\u200bple.org", "a@\udc80.org", "a\0@example.org"]
)
def test_what_is_not_an_email_address_is_refused_in_one_line(db: None, email: str) -> None:
    """C01, C04."""
    for command in ("invite_user", "deactivate_user", "createsuperuser"):
        with pytest.raises(CommandError) as refusal:
            call_command(
                command,
                *([email] if command != "createsuperuser" else []),
                **({"email": email, "interactive": False} if command == "createsuperuser" else {}),
            )
        assert "\n" not in str(refusal.value)
    assert not User.objects.exists()


def test_an_invitation_that_conflicts_with_another_unique_field_says_so(
    user: User, unique_name: None
) -> None:
    """C07: it said that the address is taken."""
    with pytest.raises(CommandError, match="Name") as refusal:
        run("invite_user", "grace@example.com", f"--name={user.name}")
    assert "email" not in str(refusal.value)
    assert mail.outbox == []


def test_a_conflict_that_is_not_about_the_email_is_not_taken_for_one(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C07."""

    def conflict(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(User, "save", conflict)
    with pytest.raises(IntegrityError):
        staff.invite("grace@example.com")


def test_staff_cannot_move_an_account_to_a_taken_email(user: User) -> None:
    User.objects.create_user("grace@example.com")
    with pytest.raises(staff.EmailTakenError):
        staff.change_email(user, "Grace@example.com")


def test_a_deactivated_user_may_not_sign_in(user: User) -> None:
    assert run("deactivate_user", "ADA@example.com") == "Deactivated ada@example.com.\n"
    assert not User.objects.get().may_sign_in


def test_an_unknown_user_cannot_be_deactivated(db: None) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        run("deactivate_user", "nobody@example.com")


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


def test_createsuperuser_with_a_taken_email_is_refused_in_one_line(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C06: without a terminal; any spelling is taken."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="already taken") as refusal:
        call_command("createsuperuser", interactive=False, email="ADA@Example.com")
    assert "\n" not in str(refusal.value)
    assert not User.objects.get().is_superuser


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
    assert [message.to for message in mail.outbox] == (
        [["ada@example.com"]] if verified else [["ada@example.com"], ["new@example.com"]]
    )


def test_an_invited_user_whose_email_staff_change_is_invited_again(db: None) -> None:
    staff.change_email(staff.invite("grace@example.com"), "hopper@example.com")
    assert [message.to[0].partition("@")[0] for message in mail.outbox] == [
        "grace",
        "grace",
        "hopper",
    ]
