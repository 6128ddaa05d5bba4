"""Verifies tokens as other services do, from discovery alone.

    python verify.py ISSUER TOKEN...

Prints, for each library, whether it accepts each of the tokens, or why not.
"""

import json
import sys
from urllib.request import urlopen

import jwt
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc import jwk
from joserfc import jwt as joserfc_jwt

issuer, *tokens = sys.argv[1:]


def read(url):
    """Return the JSON document at a URL."""
    with urlopen(url) as response:
        return json.load(response)


found = AuthorizationServerMetadata(read(f"{issuer}/.well-known/oauth-authorization-server"))
for name in found.REGISTRY_KEYS:
    # Here, authlib would refuse the URLs, and nothing else, for having no TLS.
    if name not in {"issuer", "jwks_uri"} and not name.endswith("_endpoint"):
        getattr(found, f"validate_{name}")()
keys = read(found["jwks_uri"])


def pyjwt(token):
    key = jwt.PyJWKClient(found["jwks_uri"]).get_signing_key_from_jwt(token)
    jwt.decode(token, key, algorithms=[key.algorithm_name], issuer=issuer, audience=issuer)


def joserfc(token):
    algorithms = [key["alg"] for key in keys["keys"]]
    claims = joserfc_jwt.decode(token, jwk.KeySet.import_key_set(keys), algorithms=algorithms)
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer}, aud={"essential": True, "value": issuer}
    )
    registry.validate(claims.claims)


class Validator(JWTBearerTokenValidator):
    """authlib's validator of RFC 9068."""

    def get_jwks(self):
        return jwk.KeySet.import_key_set(keys)


def authlib(token):
    validator = Validator(issuer=issuer, resource_server=issuer)
    validator.validate_token(validator.authenticate_token(token), [], None)


results = {}
for verify in (pyjwt, joserfc, authlib):
    results[verify.__name__] = []
    for token in tokens:
        try:
            verify(token)
        except Exception as error:
            results[verify.__name__].append(f"{type(error).__name__}: {error}")
        else:
            results[verify.__name__].append("accepted")
print(json.dumps(results))
