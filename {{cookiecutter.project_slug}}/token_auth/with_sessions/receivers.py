"""A session and the tokens born of it end together."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import SignIn
from accounts.services import sign_ins as service
from accounts.signals import sign_ins_revoked


@receiver(sign_ins_revoked)
def end_the_other(sign_ins: list[SignIn], keep: UUID | None, **_: Any) -> None:
    """End what hangs on the ended sign-ins, and what they hung on."""
    ids = [sign_in.pk for sign_in in sign_ins]
    bound = Q(exchange__session__in=ids) | Q(exchanges__tokens__in=ids)
    found = SignIn.objects.filter(bound, revoked_at=None)
    service.revoke(found.exclude(pk=keep) if keep else found, keep)
