"""Public signing keys for services that verify our access tokens (RFC 7517 section 5)."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from token_auth import keys
from token_auth.openapi_document import KEYS
from token_auth.serializers import KeySetSerializer

# How long services may cache the key set, in seconds. Publish a new key for longer than this
# before it signs.
MAX_AGE = 300


class KeySetView(APIView):
    """Endpoint of the public keys."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="getPublicKeys", tags=[KEYS], responses={200: KeySetSerializer})
    def get(self, _: Request) -> Response:
        """Return the public keys that verify access tokens, as a JSON Web Key Set (RFC 7517).

        Shared secrets (HS256) are not included.
        """
        entries = ((kid, key.algorithm, key.as_jwk()) for kid, key in keys.keyring().items())
        jwks = [
            {**jwk, "kid": kid, "alg": algorithm, "use": "sig"}
            for kid, algorithm, jwk in entries
            if jwk is not None
        ]
        return Response({"keys": jwks}, headers={"Cache-Control": f"public, max-age={MAX_AGE}"})
