"""The web application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Application that registers the system checks of the deployment."""

    name = "web"

    def ready(self) -> None:
        from web import checks  # noqa: F401, PLC0415 - settings are ready only now
