from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import User

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
    [("nobody", "valid email"), ("ada@example.com", "There is an account with this address")],
)
def test_a_bad_invitation_is_refused_in_one_line(user: User, email: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("invite_user", email)
    assert mail.outbox == []


def test_a_deactivated_user_may_not_sign_in(user: User) -> None:
    assert run("deactivate_user", "ADA@example.com") == "Deactivated ada@example.com.\n"
    assert not User.objects.get().may_sign_in


def test_an_unknown_user_cannot_be_deactivated(db: None) -> None:
    with pytest.raises(CommandError, match="There is no account with this address"):
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
