"""The application of the second factor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecondFactorConfig(AppConfig):
    """Application that holds sign-ins which need a second factor."""

    name = "accounts.second_factor"
    label = "second_factor"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Second factor")

    def ready(self) -> None:
        from accounts.second_factor import gate  # noqa: PLC0415 - models are ready only now
        from accounts.signals import sign_in_starting  # noqa: PLC0415 - as above

        sign_in_starting.connect(gate.hold)
