"""Users: every row, query and service holds canonical email addresses only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.fields import EmailFormField, canonical_email, email_key
from accounts.models import User

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
    *("", "ada", "a@evil＠example.org", "a b@example.org", "Ada <a@example.org>"),
    *('"ada"@example.org', "a@[127.0.0.1]", "a@127.0.0.1", "a\0@example.org", "a@\ud800.org"),
    *("\N{CYRILLIC SMALL LETTER A}dmin@example.org", "a@😀.org", INVISIBLE),
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


def test_user_has_the_names_that_packages_ask_for(user: User) -> None:
    """F08."""
    assert (user.get_full_name(), user.get_short_name()) == ("Ada", "Ada")
    assert User(email="grace@example.com").get_full_name() == ""
