"""The profile of the current user, and views of a team that use it."""

from typing import Any, cast
from uuid import uuid4

import pytest
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from accounts.models import SignIn, User
from config.urls import urlpatterns as project_urlpatterns
from tests.token_auth.api import ME, OwnView, Pair, is_dead


class LookupView(APIView):
    """A view that looks for a user who does not exist."""

    def get(self, request: Request) -> Response:
        return Response({"id": User.objects.get(pk=uuid4()).pk, "me": request.user.pk})


class NameView(APIView):
    """A view that reads a field of the user."""

    def get(self, request: Request) -> Response:
        return Response({"name": cast("User", request.user).name})


urlpatterns = [
    *project_urlpatterns,
    path("api/own/", OwnView.as_view()),
    path("api/lookup/", LookupView.as_view()),
    path("api/name/", NameView.as_view()),
]


def test_users_see_themselves(signed_in: APIClient, user: User) -> None:
    response = signed_in.get(ME)

    assert response["Cache-Control"] == "no-store"
    joined = timezone.localtime(user.date_joined).isoformat().replace("+00:00", "Z")
    expected: dict[str, Any] = {
        "id": str(user.pk),
        "email": "ada@example.com",
        "name": "Ada",
        "email_verified": True,
        "date_joined": joined,
    }
    assert response.json().items() >= expected.items()
    assert "password" not in response.json()


def test_users_change_only_their_name(signed_in: APIClient, user: User) -> None:
    before = User.objects.values().get()
    protected = {"id": str(uuid4()), "email": "eve@example.com", "password": "without asking"}
    rights = {"is_active": False, "is_staff": True, "groups": [1], "email_verified_at": None}

    response = signed_in.patch(ME, {"name": "Zo\u00eb \U0001f30a"} | protected | rights)

    assert (response.status_code, response.json()["name"]) == (200, "Zo\u00eb \U0001f30a")
    assert User.objects.values().get() == before | {"name": "Zo\u00eb \U0001f30a"}
    assert not user.groups.exists()


@pytest.mark.parametrize("name", ["x" * 151, None, {"first": "Ada"}, "A\x00"])
def test_an_unusable_name_is_refused(signed_in: APIClient, user: User, name: Any) -> None:
    response = signed_in.patch(ME, {"name": name})

    assert (response.status_code, list(response.json())) == (400, ["name"])
    user.refresh_from_db()
    assert user.name == "Ada"


@pytest.mark.urls(__name__)
def test_a_deleted_user_is_refused_before_a_view_reads_a_field(
    signed_in: APIClient, pair: Pair, user: User
) -> None:
    assert signed_in.get("/api/own/").json() == {"id": str(user.pk)}

    User.objects.filter(pk=user.pk).delete()

    assert signed_in.get("/api/own/").status_code == 401
    assert is_dead(pair)


@pytest.mark.urls(__name__)
def test_a_user_deleted_without_a_revocation_entry_is_refused_in_any_view(
    signed_in: APIClient, user: User
) -> None:
    """C07: also where the view looks for another user, and where it reads a field."""
    assert signed_in.get("/api/name/").status_code == 200
    # Signing in again would not help the client: this lookup fails for another reason.
    with pytest.raises(User.DoesNotExist):
        signed_in.get("/api/lookup/")
    for rows in (SignIn.objects.all(), User.objects.filter(pk=user.pk)):
        rows._raw_delete("default")  # noqa: SLF001 - as SQL by hand

    for address in ("/api/name/", "/api/lookup/", ME):
        response = signed_in.get(address)
        assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
