"""The OpenAPI document of a view set that a team writes."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.routers import DefaultRouter
from rest_framework.throttling import UserRateThrottle
from rest_framework.viewsets import ModelViewSet

from accounts.models import SignIn


class OwnSerializer(serializers.ModelSerializer[SignIn]):
    class Meta:
        model = SignIn
        fields = ("id", "kind")


class OwnViewSet(ModelViewSet[SignIn]):
    queryset = SignIn.objects.order_by("pk")
    serializer_class = OwnSerializer
    permission_classes = (IsAdminUser,)
    throttle_classes = (UserRateThrottle,)


router = DefaultRouter()
router.register("own", OwnViewSet, basename="own")


def errors_of(call: Any) -> set[str]:
    """Return the statuses of the documented errors of an operation."""
    return {code for code in call["responses"] if code >= "400"}


def test_view_set_of_a_team_is_documented_with_the_errors_it_returns() -> None:
    """F02."""
    generator: Any = SchemaGenerator
    paths = generator(patterns=router.urls).get_schema(request=None, public=True)["paths"]

    always, one, body = {"400", "401", "403", "429"}, {"404"}, {"413", "415"}
    assert {method: errors_of(call) for method, call in paths["/own/"].items()} == {
        "get": always,
        "post": always | body,
    }
    assert {method: errors_of(call) for method, call in paths["/own/{id}/"].items()} == {
        "get": always | one,
        "put": always | one | body,
        "patch": always | one | body,
        "delete": always | one,
    }
