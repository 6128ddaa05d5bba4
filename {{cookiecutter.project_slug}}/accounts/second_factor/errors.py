"""Errors of the second factor, which pages and endpoints show to users."""

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "second_factor_required": _("Enter a code of your app, or a recovery code."),
    "second_factor_enrollment_required": _("Set up a second factor to sign in."),
    "invalid_second_factor": _(
        "This code is not valid. Check it, or enter the newest code of your app."
    ),
    "invalid_ticket": _("Your sign-in has expired. Sign in again."),
    "invalid_enrollment": _("The setup has expired. Start again."),
    "second_factor_exists": _("You have a second factor. To replace it, enter one of its codes."),
    "no_second_factor": _("You have no second factor."),
    "second_factor_must_stay": _("You need a second factor, so you cannot remove it."),
}


class SecondFactorError(Exception):
    """Error of a service; `code` is a key of `MESSAGES`, and `message` its text for users."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.message = code, MESSAGES[code]


class SecondFactorRequiredError(BadRequest):
    """Error for a sign-in that needs a second factor.

    It is no `PermissionDenied`, which packages such as allauth handle themselves.

    `ticket` proves for `expires_in` seconds that the user has passed the first one. `methods` are
    the kinds of codes to choose from; with `enroll`, there are none, and the user must set one up.
    `code` is a key of `MESSAGES`, and `message` its text for users.
    """

    def __init__(self, ticket: str, expires_in: int, methods: Sequence[str]) -> None:
        super().__init__()
        self.ticket, self.expires_in, self.methods = ticket, expires_in, methods
        self.enroll = not methods
        self.code = "second_factor_required" if methods else "second_factor_enrollment_required"
        self.message = MESSAGES[self.code]
