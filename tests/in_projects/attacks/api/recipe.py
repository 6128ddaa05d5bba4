# How another service verifies an access token: the same text as in docs/tokens.md.
# mypy: ignore-errors

import jwt

ISSUER = "https://example.com"
KEYS = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json", lifespan=300)


def claims_of(token):
    """Return the claims of an access token, or raise jwt.PyJWTError."""
    if jwt.get_unverified_header(token).get("typ") != "at+jwt":
        raise jwt.InvalidTokenError("This is not an access token.")
    key = KEYS.get_signing_key_from_jwt(token)
    return jwt.decode(
        token,
        key,
        algorithms=[key.algorithm_name],
        issuer=ISSUER,
        audience=ISSUER,
        options={"require": ["exp", "iat", "sub", "sid", "jti"], "strict_aud": True},
    )
