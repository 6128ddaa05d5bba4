"""Users: their canonical email addresses, and the deletion and export of their accounts."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.db.models import PROTECT
from pytest_django import DjangoAssertNumQueries

from accounts.fields import EmailFormField, canonical_email, email_key
from accounts.lookups import Lookup
from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.deletion import AccountInUseError, LastSuperuserError, delete
from accounts.services.export import export
from accounts.signals import exporting
from tests.accounts.conftest import KIND
from tests.conftest import HERE, PASSWORD

TYPED, STORED = "Victim@Straße.example.org", "victim@xn--strae-oqa.example.org"
INVISIBLE = "alice@exam\u200bple.org"
LONGEST = f"{'a' * 64}@{'b' * 61}.{'b' * 61}.{'b' * 61}.org"
SPELLINGS = {
    " ADA@Example.COM\r\n": "ada@example.com",
    "ａｄａ＠ｅｘａｍｐｌｅ\N{IDEOGRAPHIC FULL STOP}ｃｏｍ": "ada@example.com",
    "\N{KELVIN SIGN}ay@example.com": "kay@example.com",
    "victim@STRASSE.example.org": "victim@strasse.example.org",
    TYPED: STORED,
    "a@AB--cd.example": "a@ab--cd.example",
    "a@LocalHost": "a@localhost",
    LONGEST.replace("b", "B"): LONGEST,
}
INVALID = [
    *("", "ada", "a@evil＠example.org", "Ada <a@example.org>", '"ada"@example.org', "a@127.0.0.1"),
    *("a\0@example.org", "a@\ud800.org", "\N{CYRILLIC SMALL LETTER A}dmin@example.org", INVISIBLE),
    *(f"{'a' * 65}@example.org", LONGEST.replace(".org", "x.org"), f"a@example.org{' ' * 2000}x"),
]


def _changed(user: User, email: str) -> User:
    user.email = email
    return user


SAVE: dict[str, Callable[[User, str], Any]] = {
    "create_user": lambda _, email: User.objects.create_user(email),
    "create": lambda _, email: User.objects.create(email=email),
    "bulk_create": lambda _, email: User.objects.bulk_create([User(email=email)]),
    "update": lambda user, email: User.objects.filter(pk=user.pk).update(email=email),
    "bulk_update": lambda user, email: User.objects.bulk_update(
        [_changed(user, email)], ["email"]
    ),
}


@pytest.mark.parametrize(("typed", "email"), SPELLINGS.items())
def test_every_spelling_has_one_canonical_form(typed: str, email: str) -> None:
    """C01, C02."""
    for spelling in (typed, email):
        assert canonical_email(spelling) == email_key(spelling) == email
        assert EmailFormField().clean(spelling) == email
        assert User._meta.get_field("email").formfield().clean(spelling) == email  # noqa: SLF001 - Django's documented name


@pytest.mark.parametrize("typed", INVALID)
def test_text_that_is_no_email_address_is_rejected_and_has_no_user(db: None, typed: str) -> None:
    """C01, C04: ASCII, one spelling, and of a length that a mail server accepts."""
    message = "invisible" if not typed.isprintable() else "Enter a valid email address"
    with pytest.raises(ValidationError, match=message):
        canonical_email(typed)
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(typed)


@pytest.mark.parametrize("way", SAVE)
def test_every_way_to_save_stores_the_canonical_form_only(user: User, way: str) -> None:
    """C01, C02, C04."""
    SAVE[way](user, TYPED)
    stored = User.objects.values_list("email", flat=True).order_by("email")
    assert STORED in stored
    before = list(stored)
    for invalid in ("a@evil＠example.org", INVISIBLE):
        with pytest.raises(ValidationError), transaction.atomic():
            SAVE[way](user, invalid)
    assert list(stored.all()) == before


def test_every_lookup_finds_the_canonical_form(db: None) -> None:
    found = User(email=TYPED)
    found.save()
    assert found.email == str(found) == STORED
    for lookup in ({"email": TYPED}, {"email__exact": TYPED}, {"email__in": [TYPED]}):
        assert User.objects.get(**lookup) == found
    assert User.objects.get_by_natural_key(TYPED) == found
    assert list(User.objects.filter(email__gt="W")) == []
    assert list(User.objects.filter(email__gt="V")) == [found]
    assert list(User.objects.filter(email__startswith="victim@")) == [found]


def test_full_clean_validates_the_canonical_form(user: User) -> None:
    with pytest.raises(ValidationError) as error:
        User(email="ADA@example.com", password="x").full_clean()
    assert error.value.message_dict == {"email": ["There is a user with this email address."]}
    with pytest.raises(ValidationError, match="invisible"):
        User(email=INVISIBLE, password="x").full_clean()
    fitting = User(email="a@" + "straße." * 8 + "org", password="x")
    fitting.full_clean()
    assert fitting.email.endswith("xn--strae-oqa.org")


@pytest.mark.parametrize("email", ["Ada@Example.com", "ada@example.com"])
def test_database_rejects_a_second_spelling_and_null(user: User, email: str) -> None:
    User.objects.create_user("grace@example.com")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = %s", [email])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=None)])  # type: ignore[misc]  # what the test is about


def test_deferred_fields_are_loaded_by_one_query(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    deferred, deleted = (User.from_db("default", ["id"], [user.pk]) for _ in range(2))
    with django_assert_num_queries(1):
        assert (deferred.email, deferred.name, deferred.is_active) == (user.email, "Ada", True)

    user.delete()

    with pytest.raises(User.DoesNotExist):
        assert deleted.email


def test_user_has_the_names_that_packages_ask_for(user: User) -> None:
    """F08."""
    assert (user.get_full_name(), user.get_short_name()) == ("Ada", "Ada")
    assert User(email="grace@example.com").get_full_name() == ""


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
    create = partial(User.objects.create_superuser, password=PASSWORD)
    first = create("root@example.com")
    create("inactive@example.com", is_active=False)
    with pytest.raises(LastSuperuserError):
        delete(first)
    create("next@example.com")

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


def test_lookup_converts_values_as_the_fields_of_a_team_do(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as those of encrypted fields; on PostgreSQL, no field of the template needs it."""
    field = User._meta.get_field("name")  # noqa: SLF001 - Django's documented name
    monkeypatch.setattr(field, "from_db_value", lambda value, *_: value.upper(), raising=False)
    assert Lookup(User).find(user.pk).name == "ADA"
