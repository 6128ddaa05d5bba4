import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import SignIn, User
from accounts.services import authentication
from tests.conftest import HERE, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "spelling", ["ada@example.com", "ADA@Example.COM", "  ada@example.com ", "ａda@example.com"]
)
def test_an_address_is_one_address_in_any_spelling(user: User, spelling: str) -> None:
    assert User.objects.get(email=spelling) == user
    assert User.objects.get_by_natural_key(spelling) == user
    assert authentication.authenticate(spelling, PASSWORD, client=HERE) == user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(spelling)


def test_a_look_alike_is_another_address(user: User) -> None:
    mike = User.objects.create_user("mike@example.com")
    assert not User.objects.filter(email="mıke@example.com").exists()
    assert User.objects.get(email="MIKE@example.com") == mike


def test_the_database_itself_refuses_another_case(user: User) -> None:
    other = User.objects.create_user("grace@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(email=user.email)


def test_a_saved_user_shows_what_is_stored() -> None:
    user = User(email=" Grace@Example.com")
    user.save()
    assert user.email == "grace@example.com"
    assert str(user) == "grace@example.com"


def test_a_superuser_is_made_by_address_and_may_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Root@example.com", verbosity=0)
    user = User.objects.get()
    assert user.email == "root@example.com"
    assert user.is_staff
    assert user.is_superuser
    assert authentication.authenticate("root@example.com", PASSWORD, client=HERE) == user


def test_ids_are_random(user: User) -> None:
    other = User.objects.create_user("grace@example.com")
    assert user.pk.version == other.pk.version == 4
    assert user.pk != other.pk


def test_deferred_fields_come_in_one_query(
    user: User, django_assert_num_queries: "pytest.FixtureRequest"
) -> None:
    deferred = User.from_db("default", ["id"], [user.pk])
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert (deferred.email, deferred.name, deferred.is_active) == (user.email, "Ada", True)


def test_a_field_can_be_refreshed_by_itself(user: User) -> None:
    User.objects.filter(pk=user.pk).update(name="Augusta", is_staff=True)
    user.refresh_from_db(fields=["name"])
    assert (user.name, user.is_staff) == ("Augusta", False)


def test_a_sign_in_has_a_name(user: User) -> None:
    assert str(SignIn(kind="odd")).startswith("odd sign-in ")


def test_a_user_has_the_names_that_packages_ask_for(user: User) -> None:
    """F08."""
    assert (user.get_full_name(), user.get_short_name()) == ("Ada", "Ada")
    assert User(email="grace@example.com").get_full_name() == ""
