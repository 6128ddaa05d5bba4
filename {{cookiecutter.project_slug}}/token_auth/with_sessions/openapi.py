"""How drf-spectacular describes what it cannot see by itself."""

from drf_spectacular import authentication


class SessionScheme(authentication.SessionScheme):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """The session cookie that `SessionAuthentication` reads."""

    target_class = "token_auth.with_sessions.authentication.SessionAuthentication"
    name = "session"
