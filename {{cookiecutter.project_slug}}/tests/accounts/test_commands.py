"""Management commands, and the services that they share with staff."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import sign_ins, staff
from accounts.signals import cleaning_up
from tests.accounts.conftest import Start, receivers
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str, **options: Any) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed, **options)
    return printed.getvalue()


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


@pytest.mark.parametrize("email", ["nobody", "alice@exam\u200bple.org", "a@\udc80.org"])
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
    monkeypatch.setattr(User, "save", Mock(side_effect=IntegrityError))
    with pytest.raises(IntegrityError):
        staff.invite("grace@example.com")


def test_deactivated_user_may_not_sign_in(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("deactivate_user", "ADA@example.com") == "Deactivated ada@example.com.\n"
    assert not User.objects.get().may_sign_in
    # The user is deleted in between.
    monkeypatch.setattr(staff, "deactivate", Mock(side_effect=User.DoesNotExist))
    with pytest.raises(CommandError, match="no account"):
        run("deactivate_user", user.email)


def test_startapp_uses_the_template_of_the_project(tmp_path: Path) -> None:
    # A name that no app of a team has.
    run("startapp", "app_of_a_test", str(tmp_path))

    assert 'name = "app_of_a_test"' in (tmp_path / "apps.py").read_text("utf-8")
    assert (tmp_path / "migrations" / "__init__.py").exists()


def test_createsuperuser_asks_for_the_email_until_it_is_free_before_the_password(
    user: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """C06: at a terminal."""
    terminal = Mock()
    terminal.email.side_effect = ["ADA@example.com", '"root"@example.com', "Root@example.com"]
    terminal.password.return_value = PASSWORD
    monkeypatch.setattr("builtins.input", terminal.email)
    monkeypatch.setattr("getpass.getpass", terminal.password)

    run("createsuperuser", stdin=SimpleNamespace(isatty=lambda: True))

    assert [name for name, *_ in terminal.mock_calls] == ["email"] * 3 + ["password"] * 2
    assert capsys.readouterr().err.count("Error") == 2
    root = User.objects.get(email="root@example.com")
    assert (root.is_superuser, root.is_staff, root.may_sign_in) == (True, True, True)
    assert root.check_password(PASSWORD)


@pytest.mark.parametrize("verified", [True, False])
def test_staff_change_an_email_and_say_whether_it_is_verified(user: User, verified: bool) -> None:
    """C08: the previous address is notified either way."""
    staff.change_email(user, "New@example.com", verified=verified)
    assert User.objects.get().may_sign_in == verified
    assert receivers() == ["ada@example.com", *([] if verified else ["new@example.com"])]


def test_changed_email_must_be_free_and_gets_the_invitation(user: User) -> None:
    invited = staff.invite("grace@example.com")
    staff.change_email(invited, "hopper@example.com")
    assert receivers() == ["grace@example.com", "grace@example.com", "hopper@example.com"]
    with pytest.raises(staff.EmailTakenError):
        staff.change_email(invited, user.email.capitalize())


@pytest.mark.parametrize("is_revoked", [False, True])
@pytest.mark.parametrize(("options", "days"), [(["--keep-days", "0"], 0), ([], 30)])
def test_clean_up_keeps_ended_sign_ins_for_the_days_of_the_option_or_30(
    user: User,
    start: Start,
    clock: TimeMachineFixture,
    is_revoked: bool,
    options: list[str],
    days: int,
) -> None:
    sign_in = start(user)
    sign_ins.revoke([sign_in] if is_revoked else [])
    ended = sign_in.revoked_at or sign_in.idle_ends_at
    clock.move_to(ended + timedelta(days=days, seconds=-1))
    live = start(user)
    assert "Deleted 0 ended sign-ins." in run("clean_up", *options)
    clock.shift(1)
    assert "Deleted 1 ended sign-ins." in run("clean_up", *options)

    assert list(SignIn.objects.all()) == [live]


def test_clean_up_deletes_sign_ins_of_a_kind_that_is_not_configured(
    user: User, start: Start
) -> None:
    given_up, kept = start(user), start(user)
    SignIn.objects.filter(pk=given_up.pk).update(kind="given-up")

    assert "Deleted 1 ended sign-ins." in run("clean_up")

    assert list(SignIn.objects.all()) == [kept]


def test_receivers_of_the_signal_clean_up_too() -> None:
    receiver = Mock(return_value="3 old papers")

    cleaning_up.connect(receiver)
    printed = run("clean_up", "--batch", "7")
    cleaning_up.disconnect(receiver)

    assert "Deleted 3 old papers." in printed
    assert receiver.call_args.kwargs["batch"] == 7


@pytest.mark.parametrize("option", [("--keep-days", "-1"), ("--batch", "0"), ("--batch", "many")])
def test_clean_up_refuses_an_invalid_number(option: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=option[0]):
        run("clean_up", *option)


def test_demo_data_users_can_sign_in_after_each_run(settings: Settings) -> None:
    with pytest.raises(CommandError, match="DEBUG"):
        run("demo_data")
    settings.DEBUG = True
    for _ in range(2):
        password = run("demo_data", "--users=2").split()[-1]

        users = list(User.objects.all())
        assert len(users) == 3
        assert [user.email for user in users if user.is_staff] == ["admin@example.com"]
        assert all(user.check_password(password) and user.email_verified_at for user in users)


def test_preview_prints_an_email_as_text_or_html_or_lists_them() -> None:
    assert "Subject: " in run("preview_email", "password_reset")
    assert "</html>" in run("preview_email", "password_reset", "--html")
    assert "password_reset" in run("preview_email").split()
    with pytest.raises(CommandError, match="password_reset"):
        run("preview_email", "nonsense")
