"""The web application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers the system checks of a deployment."""

    name = "web"

    def ready(self) -> None:
        """Import the checks, which registers them."""
        from web import checks  # noqa: F401, PLC0415 - settings are ready only now
