"""The sign-up application; its templates add to those of session_auth."""

from django.apps import AppConfig


class SignupConfig(AppConfig):
    """Stands before session_auth in INSTALLED_APPS, so that its templates are found first."""

    name = "session_auth.signup"
