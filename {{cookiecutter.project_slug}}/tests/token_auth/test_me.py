from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from django.urls import path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.models import SignIn, User
from config.urls import urlpatterns as project_urlpatterns
from tests.conftest import PASSWORD
from tests.token_auth.api import ME, TOKEN, Pair, accepts_access, client, is_dead, sign_in
from token_auth import tokens


class IdView(APIView):
    def get(self, request: Request) -> Response:
        return Response({"id": request.user.pk, "sign_ins": request.user.is_authenticated})


class OwnLookupView(APIView):
    """A view of the team, which looks for a user who is not there."""

    def get(self, request: Request) -> Response:
        return Response({"id": User.objects.get(pk=uuid4()).pk, "me": request.user.pk})


class OwnUserView(APIView):
    """A view of the team, which reads a field of the user."""

    def get(self, request: Request) -> Response:
        return Response({"name": cast("User", request.user).name})


urlpatterns = [
    *project_urlpatterns,
    path("api/id/", IdView.as_view()),
    path("api/lookup/", OwnLookupView.as_view()),
    path("api/name/", OwnUserView.as_view()),
]


def test_users_see_themselves(signed_in: APIClient, user: User) -> None:
    response = signed_in.get(ME)

    assert response.status_code == 200
    assert response.json() == {
        "id": str(user.pk),
        "email": "ada@example.com",
        "name": "Ada",
        "email_verified": True,
        "date_joined": timezone.localtime(user.date_joined).isoformat().replace("+00:00", "Z"),
    }
    assert response["Cache-Control"] == "no-store"


def test_users_change_their_name(signed_in: APIClient, user: User) -> None:
    response = signed_in.patch(ME, {"name": "Ada King"})

    assert response.status_code == 200
    assert response.json()["name"] == "Ada King"
    user.refresh_from_db()
    assert user.name == "Ada King"


@pytest.mark.parametrize("name", ["x" * 151, None, ["Ada"], {"first": "Ada"}, "A\x00"])
def test_a_name_that_is_none_is_refused(signed_in: APIClient, user: User, name: Any) -> None:
    response = signed_in.patch(ME, {"name": name})

    assert response.status_code == 400
    assert list(response.json()) == ["name"]
    user.refresh_from_db()
    assert user.name == "Ada"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "00000000-0000-4000-8000-000000000000"),
        ("pk", "00000000-0000-4000-8000-000000000000"),
        ("email", "eve@example.com"),
        ("email_verified", False),
        ("email_verified_at", None),
        ("date_joined", "2000-01-01T00:00:00Z"),
        ("is_active", False),
        ("is_staff", True),
        ("is_superuser", True),
        ("groups", [1]),
        ("user_permissions", [1]),
        ("password", "changed without asking"),
        ("last_login", "2000-01-01T00:00:00Z"),
        ("reset_requested_at", "2000-01-01T00:00:00Z"),
    ],
)
def test_nothing_else_can_be_changed(
    signed_in: APIClient, user: User, field: str, value: Any
) -> None:
    user.refresh_from_db()
    before = User.objects.values().get()

    response = signed_in.patch(ME, {"name": "Ada King", field: value})

    assert response.status_code == 200
    assert User.objects.values().get() == before | {"name": "Ada King"}
    assert not user.groups.exists()
    assert not user.user_permissions.exists()


@pytest.mark.parametrize(
    "extra",
    [{"is_staff": True}, {"user": "x"}, {"sub": "x"}, {"kind": "x"}, {"ends_at": "2999-01-01"}],
)
def test_a_sign_in_takes_nothing_but_credentials(
    api: APIClient, user: User, extra: dict[str, Any]
) -> None:
    response = api.post(TOKEN, {"email": user.email, "password": PASSWORD, **extra})

    assert response.status_code == 200
    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind, sign_in.ends_at.year < 2999) == (user, "token", True)
    user.refresh_from_db()
    assert not user.is_staff


@pytest.mark.urls(__name__)
def test_a_request_that_touches_no_field_asks_no_database(
    signed_in: APIClient, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = signed_in.get("/api/id/")

    assert response.json()["id"] == str(user.pk)


def test_a_request_that_touches_fields_asks_the_database_once(
    signed_in: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert signed_in.get(ME).status_code == 200


def test_a_deactivated_user_is_out_at_once(user: User, other: User, pair: Pair) -> None:
    others = sign_in(other)

    user.is_active = False
    user.save()

    assert is_dead(pair)
    assert accepts_access(others)


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_deleted_user_is_out_at_once(user: User, other: User, pair: Pair, in_bulk: bool) -> None:
    others = sign_in(other)

    if in_bulk:
        User.objects.filter(pk=user.pk).delete()
    else:
        user.delete()

    assert is_dead(pair)
    assert accepts_access(others)


@pytest.mark.urls(__name__)
def test_a_deleted_user_is_out_before_a_field_is_touched(signed_in: APIClient, user: User) -> None:
    assert signed_in.get("/api/id/").status_code == 200

    user.delete()

    assert signed_in.get("/api/id/").status_code == 401


def test_a_user_who_is_gone_without_a_mark_is_out_too(db: None) -> None:
    gone = SignIn(pk=uuid4(), user_id=uuid4())
    now = timezone.now()
    gone.idle_ends_at = gone.ends_at = now + timedelta(minutes=5)
    access = tokens.issue_pair(gone, str(uuid4())).access

    response = client(access).get(ME)

    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_one_users_token_never_touches_another(
    signed_in: APIClient, user: User, other: User
) -> None:
    before = User.objects.values().get(pk=other.pk)

    signed_in.patch(f"{ME}?id={other.pk}&user={other.pk}", {"id": str(other.pk), "name": "Eve"})

    assert signed_in.get(f"{ME}?id={other.pk}").json()["id"] == str(user.pk)
    assert signed_in.get(f"{ME}{other.pk}/").status_code == 404
    assert User.objects.values().get(pk=other.pk) == before


@pytest.mark.urls(__name__)
def test_a_failed_lookup_in_a_view_is_not_a_refused_token(signed_in: APIClient) -> None:
    """C07: signing in again would not help the client."""
    with pytest.raises(User.DoesNotExist):
        signed_in.get("/api/lookup/")


@pytest.mark.urls(__name__)
def test_a_user_deleted_without_a_revocation_entry_is_refused_in_any_view(
    signed_in: APIClient, user: User
) -> None:
    """C07: also where the view looks for another user, and where it reads a field."""
    assert signed_in.get("/api/name/").status_code == 200
    for rows in (SignIn.objects.all(), User.objects.filter(pk=user.pk)):
        rows._raw_delete("default")  # noqa: SLF001 - as SQL by hand

    for address in ("/api/name/", "/api/lookup/"):
        response = signed_in.get(address)
        assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
