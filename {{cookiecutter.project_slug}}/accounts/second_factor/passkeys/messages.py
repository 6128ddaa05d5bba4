"""Texts of errors that passkeys add or change."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "second_factor_required": _("Use a passkey, or enter a code of your app or a recovery code."),
    "invalid_second_factor": _(
        "This is not valid. Check your code or enter a new one, or use a passkey again."
    ),
    "second_factor_exists": _(
        "You have a second factor. To add or replace one, use a passkey or enter a code."
    ),
    "invalid_passkey": _("This passkey is not valid here. Try again."),
    "too_many_passkeys": _("You have too many passkeys. Remove one first."),
    "no_passkey": _("This passkey does not exist anymore."),
}
