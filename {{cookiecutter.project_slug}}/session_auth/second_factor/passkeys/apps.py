"""The application of the pages of passkeys."""

from django.apps import AppConfig


class PasskeyPagesConfig(AppConfig):
    """Application that precedes `session_auth.second_factor` to extend its templates."""

    name = "session_auth.second_factor.passkeys"
    label = "passkey_pages"
