"""The application of what sessions and tokens have to do with each other."""

from django.apps import AppConfig


class WithSessionsConfig(AppConfig):
    """Ties the tokens of a session to it."""

    name = "token_auth.with_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself: receivers, and a description for OpenAPI."""
        from token_auth.with_sessions import openapi, receivers  # noqa: F401, PLC0415 - models are ready only now
