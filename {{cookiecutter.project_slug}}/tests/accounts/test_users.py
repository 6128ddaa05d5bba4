"""Users: rows, queries and services hold canonical email addresses only."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import authentication, email_change, passwords, rate_limits, verification
from tests.conftest import HERE, PASSWORD

TYPED, STORED = "Victim@Straße.example.org", "victim@xn--strae-oqa.example.org"
INVISIBLE = "alice@exam\u200bple.org"


def _changed(user: User, email: str) -> User:
    user.email = email
    return user


SAVE: dict[str, Callable[[User, str], Any]] = {
    "create_user": lambda _, email: User.objects.create_user(email),
    "create_superuser": lambda _, email: User.objects.create_superuser(email),
    "create": lambda _, email: User.objects.create(email=email),
    "bulk_create": lambda _, email: User.objects.bulk_create([User(email=email)]),
    "update": lambda user, email: User.objects.filter(pk=user.pk).update(email=email),
    "bulk_update": lambda user, email: User.objects.bulk_update(
        [_changed(user, email)], ["email"]
    ),
    "update_or_create": lambda user, email: User.objects.update_or_create(
        pk=user.pk, defaults={"email": email}
    ),
    "get_or_create": lambda _, email: User.objects.get_or_create(email=email),
}


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


def test_saved_user_has_the_stored_email(db: None) -> None:
    user = User(email=TYPED)
    user.save()
    assert user.email == str(user) == STORED


def test_expression_can_be_saved_and_null_cannot(user: User) -> None:
    User.objects.update(email=Concat(Value("x"), "email"))
    assert User.objects.get().email == "xada@example.com"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=None)])  # type: ignore[misc]  # what the test is about


def test_every_lookup_finds_the_canonical_form(db: None) -> None:
    found = User.objects.create_user(STORED)
    for lookup in ({"email": TYPED}, {"email__exact": TYPED}, {"email__in": [TYPED]}):
        assert User.objects.get(**lookup) == found
    assert User.objects.get_by_natural_key(TYPED) == found
    assert list(User.objects.filter(email__gt="W")) == []
    assert list(User.objects.filter(email__gt="V")) == [found]
    assert list(User.objects.filter(email__startswith="victim@")) == [found]


def test_user_authenticates_with_any_spelling_and_not_with_a_lookalike(user: User) -> None:
    for typed in ("  ADA@example.com ", "ａda@example.com"):
        assert authentication.authenticate(typed, PASSWORD, client=HERE) == user
    for typed in ("nonsense", INVISIBLE, "x" * 5000, "ad\N{CYRILLIC SMALL LETTER A}@example.com"):
        assert authentication.authenticate(typed, PASSWORD, client=HERE) is None


@pytest.mark.parametrize("typed", ["", "nonsense", "a@\ud800.org", "a\0@example.org", None])
def test_text_that_is_no_email_address_has_no_user(db: None, typed: str | None) -> None:
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(typed)


def test_full_clean_validates_the_canonical_form(user: User) -> None:
    with pytest.raises(ValidationError) as error:
        User(email="ADA@example.com", password="x").full_clean()
    assert error.value.message_dict == {"email": ["There is a user with this email address."]}
    with pytest.raises(ValidationError, match="invisible"):
        User(email=INVISIBLE, password="x").full_clean()
    fitting = User(email="a@" + "straße." * 8 + "org", password="x")
    fitting.full_clean()
    assert fitting.email.endswith("xn--strae-oqa.org")


def test_domains_that_idna_2003_confused_are_two_accounts_with_their_own_mail(
    db: None, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    """C02: the reset link of one went to the other."""
    for email in ("victim@straße.example.org", "victim@strasse.example.org"):
        user = User.objects.create_user(email, PASSWORD)
        passwords.request_reset(email, client=HERE)
        assert mailoutbox[-1].to == [user.email]
        assert mailoutbox[-1].message()["To"] == canonical_email(email)
    assert len(mailoutbox) == 2


def test_emails_count_for_the_mailbox_in_any_spelling(db: None, settings: Settings) -> None:
    """C03."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "mail_to": (2, 60)}
    for typed in ("a@bücher.example", "A@xn--bcher-kva.example"):
        passwords.request_reset(typed, client=HERE)
    with pytest.raises(rate_limits.RateLimitExceededError):
        passwords.request_reset("ａ@BÜCHER.example", client=HERE)


@pytest.mark.parametrize(
    "request_mail",
    [
        lambda _, email: passwords.request_reset(email, client=HERE),
        lambda _, email: verification.resend(email, client=HERE),
        lambda user, email: email_change.request(user, email, client=HERE),
    ],
)
def test_services_reject_text_that_is_no_email_address(
    user: User, request_mail: Callable[[User, str], None]
) -> None:
    with pytest.raises(ValidationError):
        request_mail(user, INVISIBLE)


@pytest.mark.parametrize("email", ["Ada@Example.com", "ada@example.com"])
def test_database_rejects_a_second_spelling(user: User, email: str) -> None:
    User.objects.create_user("grace@example.com")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = %s", [email])


def test_every_lookup_by_email_address_uses_the_index(user: User) -> None:
    """C05: sign-in, reset, resend, change and creating accounts read no whole table."""
    User.objects.bulk_create(User(email=f"user{number}@example.com") for number in range(50))
    typed = "Ada@example.com"
    with CaptureQueriesContext(connection) as queries:
        authentication.authenticate(typed, PASSWORD, client=HERE)
        authentication.authenticate(typed, "wrong", client=HERE)
        passwords.request_reset(typed, client=HERE)
        verification.resend(typed, client=HERE)
        email_change.request(user, "new@example.com", client=HERE)
        User.objects.get_by_natural_key(typed)
        assert User.objects.filter(email=typed).exists()
    statements = [query["sql"] for query in queries]
    asked = [sql for sql in statements if sql.startswith("SELECT") and '"email" =' in sql]
    assert len(asked) >= 6
    for sql in asked:
        plan = _plan(sql)
        assert "email" in plan, (sql, plan)
        assert "SCAN accounts_user" not in plan, (sql, plan)
        assert "Seq Scan on accounts_user" not in plan, (sql, plan)


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return json.dumps(cursor.fetchall())


def test_superuser_is_created_by_email_address_and_may_sign_in(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Root@example.com", verbosity=0)
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("root@example.com", True, True)
    assert authentication.authenticate("root@example.com", PASSWORD, client=HERE) == user


def test_ids_are_random(user: User, other: User) -> None:
    assert user.pk.version == other.pk.version == 4
    assert user.pk != other.pk


def test_deferred_fields_are_loaded_by_one_query(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    deferred = User.from_db("default", ["id"], [user.pk])
    with django_assert_num_queries(1):
        assert (deferred.email, deferred.name, deferred.is_active) == (user.email, "Ada", True)


def test_one_field_is_refreshed_alone(user: User) -> None:
    User.objects.update(name="Augusta", is_staff=True)
    user.refresh_from_db(fields=["name"])
    assert (user.name, user.is_staff) == ("Augusta", False)


def test_user_has_the_names_that_packages_ask_for(user: User) -> None:
    """F08."""
    assert (user.get_full_name(), user.get_short_name()) == ("Ada", "Ada")
    assert User(email="grace@example.com").get_full_name() == ""
