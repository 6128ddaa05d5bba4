"""The application of the pages of the second factor."""

from django.apps import AppConfig


class SecondFactorPagesConfig(AppConfig):
    """Application that precedes `session_auth` in INSTALLED_APPS to extend its templates."""

    name = "session_auth.second_factor"
    label = "second_factor_pages"
