"""The token_auth application."""

from django.apps import AppConfig


class TokenAuthConfig(AppConfig):
    """Ties simplejwt's tokens to sign-ins."""

    name = "token_auth"

    def ready(self) -> None:
        """Import what registers itself: receivers, and descriptions for the OpenAPI document."""
        from token_auth import receivers, schema  # noqa: F401, PLC0415 - apps are ready only now
