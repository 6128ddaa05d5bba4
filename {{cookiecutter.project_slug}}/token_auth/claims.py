"""Additional claims of access tokens.

Clients can read access tokens, and so can every service that receives them. Add only what those
services need: no email addresses, no roles that may change, no secrets (ASVS 14.2.6).
"""

from typing import Any

from accounts.models import SignIn

RESERVED = frozenset(
    {"amr", "aud", "auth_time", "client_id", "epoch", "exp", "iat"}
    | {"iss", "jti", "nbf", "sid", "sub", "typ"}
)


def extra_claims(sign_in: SignIn) -> dict[str, Any]:  # noqa: ARG001 - for your claims
    """Return additional claims for the access tokens of `sign_in`.

    Use names that cannot collide with those of others (RFC 7519 section 4.2). For example, to name
    the tenant of a user::

        return {"https://example.com/tenant": str(sign_in.user.tenant_id)}
    """
    return {}
