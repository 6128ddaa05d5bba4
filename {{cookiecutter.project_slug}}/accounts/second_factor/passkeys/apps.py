"""The application of passkeys."""

from django.apps import AppConfig


class PasskeysConfig(AppConfig):
    """Application that adds passkeys to the second factors of users."""

    name = "accounts.second_factor.passkeys"
    label = "passkeys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.second_factor import errors, factors  # noqa: PLC0415 - models are ready only now
        from accounts.second_factor.passkeys import (  # noqa: PLC0415 - as above
            checks,  # noqa: F401 - registers itself
            messages,
            models,
            services,
        )
        from accounts.signals import exporting  # noqa: PLC0415 - as above

        factors.MODELS["passkey"] = models.Passkey
        # First: the other checks need not see the text of a passkey.
        factors.CHECKS.insert(0, services.use_passkey)
        errors.MESSAGES.update(messages.MESSAGES)
        exporting.connect(services.export)
