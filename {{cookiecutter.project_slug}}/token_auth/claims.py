"""What an access token says beside who, of which sign-in, and for how long: the place for it.

Whoever holds a token can read it, and shows it to every service that it calls. Put nothing here
that is not needed there: no address, no role that may change, nothing secret (ASVS 14.2.6).
"""

from typing import Any

from accounts.models import SignIn

RESERVED = frozenset(
    {"aud", "client_id", "epoch", "exp", "iat", "iss", "jti", "nbf", "sid", "sub", "typ"}
)


def extra_claims(sign_in: SignIn) -> dict[str, Any]:  # noqa: ARG001 - for those who have something to say
    """Return claims of your own for the access tokens of `sign_in`.

    A service that keeps tenants apart would say which one, under a name that nobody else uses
    (RFC 7519 section 4.2)::

        return {"https://example.com/tenant": str(sign_in.user.tenant_id)}
    """
    return {}
