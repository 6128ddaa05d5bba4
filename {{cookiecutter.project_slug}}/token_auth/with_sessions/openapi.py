"""OpenAPI extension that describes session authentication."""

# mypy: disallow-untyped-calls

from drf_spectacular import authentication


class SessionScheme(authentication.SessionScheme):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """Security scheme of `SessionAuthentication`."""

    target_class = "token_auth.with_sessions.authentication.SessionAuthentication"
    name = "session"
