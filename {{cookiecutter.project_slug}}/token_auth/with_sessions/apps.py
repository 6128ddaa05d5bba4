"""The token_auth.with_sessions application."""

from django.apps import AppConfig


class WithSessionsConfig(AppConfig):
    """Application that connects sessions to the tokens they were exchanged for."""

    name = "token_auth.with_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing these modules registers receivers and an OpenAPI extension.
        from token_auth.with_sessions import openapi, receivers  # noqa: F401, PLC0415 - models are ready only now
