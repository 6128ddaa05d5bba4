"""Users who are deleted while a command or a background task uses them."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.services import staff


@pytest.mark.parametrize("fields", [None, ["name"]])
def test_saving_a_deleted_user_raises_does_not_exist(user: User, fields: list[str] | None) -> None:
    """The error of the database was a server error in every view."""
    User.objects.all().delete()

    with pytest.raises(User.DoesNotExist):
        user.save(update_fields=fields)

    assert not User.objects.exists()


def test_deactivating_a_user_who_is_deleted_meanwhile_is_an_error_of_the_command(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = staff.deactivate

    def late(found: User) -> None:
        User.objects.all().delete()
        genuine(found)

    monkeypatch.setattr(staff, "deactivate", late)

    with pytest.raises(CommandError, match="no account"):
        call_command("deactivate_user", user.email)
