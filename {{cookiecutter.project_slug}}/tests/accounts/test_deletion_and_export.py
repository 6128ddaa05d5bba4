"""Users delete and export their accounts."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import PROTECT

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.deletion import AccountInUseError, LastSuperuserError, delete
from accounts.services.export import export
from accounts.signals import exporting
from tests.accounts.conftest import KIND
from tests.conftest import HERE, PASSWORD


def superuser(email: str, **fields: Any) -> User:
    return User.objects.create_superuser(email, PASSWORD, **fields)


def test_deletion_revokes_all_sign_ins_and_notifies_the_user(user: User, other: User) -> None:
    for number, owner in enumerate((user, user, other)):
        sign_ins.start(owner, KIND, str(number), client=HERE)

    delete(user)

    assert User.objects.get() == SignIn.objects.get().user == other
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def test_user_of_protected_rows_is_not_deleted(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in = sign_ins.start(user, KIND, "x", client=HERE)
    monkeypatch.setattr(SignIn._meta.get_field("user").remote_field, "on_delete", PROTECT)  # noqa: SLF001 - Django's documented name

    with pytest.raises(AccountInUseError):
        delete(user)
    assert sign_ins.find_live(sign_in.pk)
    assert not mail.outbox


def test_last_superuser_is_not_deleted(db: None) -> None:
    first = superuser("root@example.com")
    superuser("inactive@example.com", is_active=False)
    with pytest.raises(LastSuperuserError):
        delete(first)
    superuser("next@example.com")

    delete(first)

    assert not User.objects.filter(pk=first.pk).exists()


def test_user_who_was_deleted_before_is_reported(user: User) -> None:
    copy = User.objects.get(pk=user.pk)
    delete(user)

    for action in (delete, export):
        with pytest.raises(User.DoesNotExist):
            action(copy)


def test_export_has_all_fields_but_no_credentials(user: User) -> None:
    user.groups.add(Group.objects.create(name="Editors"))
    sign_in = sign_ins.start(user, KIND, "x", client=HERE)
    user.refresh_from_db()

    text = json.dumps(export(user), cls=DjangoJSONEncoder)

    data = json.loads(text)
    assert data["account"]["email"] == "ada@example.com"
    assert data["account"]["groups"] == [["Editors"]]
    (row,) = data["sign_ins"]
    assert (row["id"], row["ip_address"]) == (str(sign_in.pk), HERE.ip_address)
    assert not any(secret in text for secret in (user.password, sign_in.credential_hash))
    left_out = {"password", "credential_hash", "previous_credential_hash"}
    for model, found in ((User, data["account"]), (SignIn, row)):
        assert {field.name for field in model._meta.fields} - set(found) <= left_out  # noqa: SLF001 - Django's documented name


def test_apps_add_their_data_to_the_export(user: User) -> None:
    def add(user: User, **_: Any) -> dict[str, Any]:
        return {"orders": [user.email]}

    exporting.connect(add)
    try:
        assert export(user)["orders"] == ["ada@example.com"]
    finally:
        exporting.disconnect(add)
