"""The accounts application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Application that connects the receivers for changes to users and sign-ins."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401, PLC0415 - models are ready only now
