"""The session_auth application."""

from django.apps import AppConfig


class SessionAuthConfig(AppConfig):
    """Application that connects Django's sessions to sign-ins."""

    name = "session_auth"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from session_auth import receivers  # noqa: F401, PLC0415 - models are ready only now
