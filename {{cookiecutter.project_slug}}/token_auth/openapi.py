"""OpenAPI extensions that describe endpoints and authentication."""

# mypy: disallow-untyped-calls

from collections.abc import Iterator
from typing import Any

from drf_spectacular import openapi
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.permissions import AllowAny, IsAuthenticated

from token_auth import openapi_document
from token_auth.permissions import IsRecentlyAuthenticated
from token_auth.serializers import ErrorSerializer

BAD_REQUEST = {"$ref": f"#/components/schemas/{openapi_document.BAD_REQUEST}"}
RETRY_AFTER = {
    "description": "Seconds to wait before the next attempt.",
    "schema": {"type": "integer"},
}


class AutoSchema(openapi.AutoSchema):
    """Schema generator that adds a summary and the error responses of DRF to each operation."""

    def get_summary(self) -> str | None:
        """Return the first sentence of the description, without the final period."""
        paragraph = self.get_description().partition("\n\n")[0]
        return " ".join(paragraph.split()).partition(". ")[0].rstrip(".") or None

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status in [code for code in self._error_statuses() if code not in bodies]:
            body = BAD_REQUEST if status == "400" else ErrorSerializer
            bodies[status] = self._get_response_for_code(body, status)  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
        if "429" in bodies:
            bodies["429"]["headers"] = {"Retry-After": RETRY_AFTER}
        return dict(sorted(bodies.items()))

    def _error_statuses(self) -> Iterator[str]:
        has_body = self.method in {"POST", "PUT", "PATCH"} and self.get_request_serializer()
        is_list = self._is_list_view()
        # Of any operation: the middleware rejects URLs that contain a NUL.
        yield "400"
        if self.view.get_authenticators():
            yield "401"
        if any(
            type(permission) not in {AllowAny, IsAuthenticated, IsRecentlyAuthenticated}
            for permission in self.view.get_permissions()
        ):
            yield "403"
        if "{" in self.path or (is_list and self._get_paginator()):  # type: ignore[no-untyped-call]  # as above
            yield "404"
        if has_body:
            yield "413"
            yield "415"
        if self.view.get_throttles():
            yield "429"


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """Security scheme of `BearerAuthentication`."""

    target_class = "token_auth.authentication.BearerAuthentication"
    name = "bearer"
