"""Endpoints that list and revoke the sign-ins of the current user."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import sign_ins
from token_auth.openapi_document import SIGN_INS
from token_auth.serializers import ErrorSerializer, SignInSerializer

KEEP = OpenApiParameter(
    "keep", enum=["current"], description="Set to `current` to keep the sign-in of this request."
)
PAGE = OpenApiParameter(
    "page", type=int, description="The page number. A page has up to 100 sign-ins."
)


class SignInPagination(PageNumberPagination):
    """Pagination with a plain list and the URL of the next page in `Link` (RFC 8288)."""

    page_size = 100

    def get_paginated_response(self, data: Any) -> Response:
        link = self.get_next_link()
        return Response(data, headers={"Link": f'<{link}>; rel="next"'} if link else None)


class SignInsView(APIView):
    """Endpoint of all sign-ins of the current user."""

    @extend_schema(
        operation_id="listSignIns",
        tags=[SIGN_INS],
        parameters=[PAGE],
        responses={200: SignInSerializer(many=True), 400: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """List the sign-ins of the current user, most recently used first.

        If there are more than 100, the `Link` header contains the URL of the next page.
        """
        user = cast("User", request.user)
        context = {"current": user.current_sign_in_id}
        pages = SignInPagination()
        page = pages.paginate_queryset(sign_ins.live(user), request)
        return pages.get_paginated_response(
            SignInSerializer(page, many=True, context=context).data
        )

    @extend_schema(
        operation_id="revokeAllSignIns", tags=[SIGN_INS], parameters=[KEEP], responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        """Revoke all sign-ins of the current user, or all except that of this request."""
        user = cast("User", request.user)
        keep = user.current_sign_in_id if request.query_params.get("keep") == "current" else None
        sign_ins.revoke_all(user, keep=keep)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInView(APIView):
    """Endpoint of one sign-in of the current user."""

    @extend_schema(operation_id="revokeSignIn", tags=[SIGN_INS], responses={204: None})
    def delete(self, request: Request, sign_in_id: UUID) -> Response:
        """Revoke one sign-in of the current user. Sign-ins of other users return 404."""
        if not sign_ins.revoke_one(cast("User", request.user), sign_in_id):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)
