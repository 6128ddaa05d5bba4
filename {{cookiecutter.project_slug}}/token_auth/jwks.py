"""The public keys, for other services that verify our access tokens (RFC 7517 section 5)."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from token_auth import keys
from token_auth.serializers import KeySetSerializer

# How long others may go on with what they have read, in seconds. A new key has to be published
# for longer than this before it signs.
MAX_AGE = 300


class KeySetView(APIView):
    """The keys that verify; a shared secret is not among them."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: KeySetSerializer})
    def get(self, _: Request) -> Response:
        """Return the public half of every key that has one."""
        written = ((kid, key.algorithm, key.as_jwk()) for kid, key in keys.keyring().items())
        found = [
            {**jwk, "kid": kid, "alg": algorithm, "use": "sig"}
            for kid, algorithm, jwk in written
            if jwk is not None
        ]
        return Response({"keys": found}, headers={"Cache-Control": f"public, max-age={MAX_AGE}"})
