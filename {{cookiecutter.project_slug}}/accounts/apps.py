"""The accounts application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Connects what must happen whenever a user is changed."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the receivers, which connects them."""
        from accounts import receivers  # noqa: F401, PLC0415 - models are ready only now
