"""Authorization server metadata, where other services find the signing keys (RFC 8414)."""

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from token_auth.jwks import MAX_AGE
from token_auth.openapi_document import KEYS
from token_auth.serializers import MetadataSerializer


class MetadataView(APIView):
    """Endpoint of the authorization server metadata."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="getServerMetadata", tags=[KEYS], responses={200: MetadataSerializer}
    )
    def get(self, _: Request) -> Response:
        """Return the issuer and the URLs of its keys and endpoints (RFC 8414)."""
        content = {
            "issuer": settings.JWT_ISSUER,
            "jwks_uri": _url("jwks"),
            "token_endpoint": _url("token"),
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint": _url("token_revoke"),
            "revocation_endpoint_auth_methods_supported": ["none"],
            # There is no authorization endpoint, and RFC 8414 requires the list not to be empty.
            "response_types_supported": ["none"],
            "grant_types_supported": ["password", "refresh_token"],
        }
        return Response(content, headers={"Cache-Control": f"public, max-age={MAX_AGE}"})


def _url(name: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(name)}"
