"""The token_auth application."""

from django.apps import AppConfig


class TokenAuthConfig(AppConfig):
    """Ties simplejwt's tokens to sign-ins."""

    name = "token_auth"

    def ready(self) -> None:
        """Import what registers itself: checks, receivers, and descriptions for OpenAPI."""
        from rest_framework_simplejwt.tokens import Token  # noqa: PLC0415 - apps are ready only now

        from token_auth import checks, openapi, receivers, tokens  # noqa: F401, PLC0415 - as above

        Token.for_user = tokens.refuse_for_user  # type: ignore[assignment]  # refused on purpose
