"""The sign-up application."""

from django.apps import AppConfig


class SignupConfig(AppConfig):
    """Application that precedes `session_auth` in INSTALLED_APPS to extend its templates."""

    name = "session_auth.signup"
