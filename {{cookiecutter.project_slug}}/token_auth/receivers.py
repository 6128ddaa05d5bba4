"""The end of a sign-in is the end of its access tokens."""

from typing import Any

from django.dispatch import receiver

from accounts.models import SignIn
from accounts.signals import sign_ins_revoked
from token_auth import revocation


@receiver(sign_ins_revoked)
def mark(sign_ins: list[SignIn], **_: Any) -> None:
    """Mark the ended sign-ins before the answer is sent."""
    revocation.mark(sign_in.pk for sign_in in sign_ins)
