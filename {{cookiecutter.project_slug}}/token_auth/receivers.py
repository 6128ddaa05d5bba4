"""Receivers that revoke the access tokens of ended sign-ins."""

from typing import Any

from django.dispatch import receiver

from accounts.models import SignIn
from accounts.signals import sign_ins_revoked
from token_auth import revocation


@receiver(sign_ins_revoked)
def revoke_access_tokens(sign_ins: list[SignIn], **_: Any) -> None:
    """Revoke the access tokens of ended sign-ins before the response is sent."""
    revocation.revoke(sign_in.pk for sign_in in sign_ins)
