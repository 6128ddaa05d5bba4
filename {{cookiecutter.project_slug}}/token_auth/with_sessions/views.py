"""Endpoint that exchanges a session for tokens."""

from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.decorators import method_decorator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import User
from token_auth import serializers, transport
from token_auth.openapi import BAD_REQUEST
from token_auth.openapi_document import TOKENS
from token_auth.serializers import checked
from token_auth.views import PublicView
from token_auth.with_sessions import services
from token_auth.with_sessions.authentication import SessionAuthentication
from web.client_info import get_client_info

CSRF_TOKEN = OpenApiParameter(
    "X-CSRFToken",
    location=OpenApiParameter.HEADER,
    required=True,
    description="The CSRF token of the session.",
)


# With ATOMIC_REQUESTS, an error would roll back the update of the session's last use.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class TokenExchangeView(PublicView):
    """Endpoint that issues tokens to scripts of the pages."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="exchangeSession",
        tags=[TOKENS],
        request=None,
        parameters=[CSRF_TOKEN],
        responses={
            200: serializers.TokenPairSerializer,
            400: BAD_REQUEST,
            403: serializers.ErrorSerializer,
            413: serializers.ErrorSerializer,
            415: serializers.ErrorSerializer,
            429: serializers.ErrorSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Exchange the session cookie for a pair of tokens.

        Send the session's CSRF token in the X-CSRFToken header. The tokens are revoked together
        with the session.
        """
        checked(Serializer, request)
        user = cast("User", request.user)
        session_id = cast("UUID", user.current_sign_in_id)
        key = cast("str", request.session.session_key)
        pair = services.exchange(user, session_id, key, client=get_client_info(request))
        return transport.token_response(pair)
