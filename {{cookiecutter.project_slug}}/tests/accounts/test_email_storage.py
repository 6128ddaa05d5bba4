"""Rows, queries and services hold canonical email addresses only."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import (
    authentication,
    email_change,
    passwords,
    rate_limits,
    verification,
)
from tests.conftest import HERE, PASSWORD


@pytest.mark.parametrize(
    "save",
    [
        lambda _user, email: User.objects.create_user(email),
        lambda _user, email: User.objects.create_superuser(email),
        lambda _user, email: User.objects.create(email=email),
        lambda _user, email: User(email=email).save(),
        lambda _user, email: User.objects.bulk_create([User(email=email)]),
        lambda user, email: User.objects.filter(pk=user.pk).update(email=email),
        lambda user, email: User.objects.bulk_update([_changed(user, email)], ["email"]),
        lambda user, email: User.objects.update_or_create(pk=user.pk, defaults={"email": email}),
        lambda _user, email: User.objects.get_or_create(email=email),
    ],
    ids=[
        "create_user",
        "create_superuser",
        "create",
        "save",
        "bulk_create",
        "update",
        "bulk_update",
        "update_or_create",
        "get_or_create",
    ],
)
def test_every_way_to_save_stores_the_canonical_form_and_nothing_else(
    user: User, save: "object"
) -> None:
    """C01, C02, C04."""
    save(user, "Victim@Straße.example.org")  # type: ignore[operator]
    stored = User.objects.values_list("email", flat=True)
    assert "victim@xn--strae-oqa.example.org" in stored
    before = sorted(stored)
    for invalid in ("a@evil＠example.org", "alice@exam\u200bple.org"):
        with pytest.raises(ValidationError), transaction.atomic():
            save(user, invalid)  # type: ignore[operator]
    assert sorted(stored.all()) == before


def _changed(user: User, email: str) -> User:
    user.email = email
    return user


def test_an_expression_can_be_saved_and_no_address_cannot(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email=Concat(Value("x"), "email"))
    assert User.objects.get().email == "xada@example.com"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=None)])  # type: ignore[misc]  # what the test is about


def test_every_lookup_finds_the_canonical_form(db: None) -> None:
    found = User.objects.create_user("victim@xn--strae-oqa.example.org")
    typed = "Victim@Straße.example.org"
    for lookup in ({"email": typed}, {"email__exact": typed}, {"email__in": [typed]}):
        assert User.objects.get(**lookup) == found
    assert User.objects.get_by_natural_key(typed) == found
    assert list(User.objects.filter(email__gt="W")) == []
    assert list(User.objects.filter(email__gt="V")) == [found]
    assert list(User.objects.filter(email__startswith="victim@")) == [found]


@pytest.mark.parametrize("typed", ["", "nonsense", "a@\ud800.org", "a\0@example.org", None])
def test_what_is_not_an_email_address_has_no_user(db: None, typed: str | None) -> None:
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(typed)


def test_full_clean_validates_the_canonical_form(user: User) -> None:
    other = User(email="ADA@example.com", password="x")
    with pytest.raises(ValidationError) as error:
        other.full_clean()
    assert error.value.message_dict == {"email": ["There is a user with this email address."]}
    with pytest.raises(ValidationError, match="invisible"):
        User(email="a\u200b@example.com", password="x").full_clean()
    fitting = User(email="a@" + "straße." * 8 + "org", password="x")
    fitting.full_clean()
    assert fitting.email.endswith("xn--strae-oqa.org")


def test_two_domains_that_idna_2003_confused_are_two_accounts_with_their_own_mail(
    db: None, mailoutbox: list[object]
) -> None:
    """C02: the reset link of one went to the other."""
    for email in ("victim@straße.example.org", "victim@strasse.example.org"):
        user = User.objects.create_user(email, PASSWORD)
        passwords.request_reset(email, client=HERE)
        (message,) = mailoutbox
        assert message.to == [user.email]  # type: ignore[attr-defined]
        header = message.message()["To"]  # type: ignore[attr-defined]
        assert header == canonical_email(email)
        mailoutbox.clear()


def test_emails_are_counted_for_the_mailbox_in_any_spelling(db: None, settings: object) -> None:
    """C03."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "mail_to": (2, 60)}  # type: ignore[attr-defined]
    for typed in ("a@bücher.example", "A@xn--bcher-kva.example"):
        passwords.request_reset(typed, client=HERE)
    with pytest.raises(rate_limits.RateLimitExceededError):
        passwords.request_reset("ａ@BÜCHER.example", client=HERE)


@pytest.mark.parametrize("request_mail", [passwords.request_reset, verification.resend])
def test_services_reject_what_is_not_an_email_address(db: None, request_mail: object) -> None:
    with pytest.raises(ValidationError):
        request_mail("alice@exam\u200bple.org", client=HERE)  # type: ignore[operator]


def test_an_account_does_not_move_to_what_is_not_an_email_address(user: User) -> None:
    with pytest.raises(ValidationError):
        email_change.request(user, "alice@exam\u200bple.org", client=HERE)


@pytest.mark.parametrize("typed", ["nonsense", "alice@exam\u200bple.org", "x" * 5000])
def test_sign_in_with_what_is_not_an_email_address_is_refused(user: User, typed: str) -> None:
    assert authentication.authenticate(typed, PASSWORD, client=HERE) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_user SET email = 'Ada@Example.com'",
        "UPDATE accounts_user SET email = 'ada@example.com'",
    ],
)
def test_the_database_rejects_a_second_spelling(user: User, statement: str) -> None:
    User.objects.create_user("grace@example.com")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_lookup_by_email_address_uses_the_index(user: User, settings: object) -> None:
    """C05: sign-in, reset, resend, change and creating accounts read no whole table."""
    User.objects.bulk_create(User(email=f"user{number}@example.com") for number in range(50))
    with CaptureQueriesContext(connection) as queries:
        authentication.authenticate("Ada@example.com", PASSWORD, client=HERE)
        authentication.authenticate("Ada@example.com", "wrong", client=HERE)
        passwords.request_reset("Ada@example.com", client=HERE)
        verification.resend("Ada@example.com", client=HERE)
        email_change.request(user, "new@example.com", client=HERE)
        User.objects.get_by_natural_key("Ada@example.com")
        assert User.objects.filter(email="Ada@example.com").exists()
    asked = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("SELECT") and '"email" =' in query["sql"]
    ]
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
