"""The application of the pages of passkeys."""

from django.apps import AppConfig


class PasskeyPagesConfig(AppConfig):
    """Application that precedes those whose templates it extends in INSTALLED_APPS."""

    name = "session_auth.second_factor.passkeys"
    label = "passkey_pages"
