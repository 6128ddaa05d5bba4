"""Receivers that revoke sessions and their tokens together."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import SignIn
from accounts.services import sign_ins as service
from accounts.signals import sign_ins_revoked
from token_auth.with_sessions.models import Exchange


@receiver(sign_ins_revoked)
def revoke_linked(sign_ins: list[SignIn], keep: UUID | None, **_: Any) -> None:
    """Revoke the tokens of revoked sessions and the sessions of revoked tokens."""
    ids = [sign_in.pk for sign_in in sign_ins]
    is_linked = Q(exchange__session__in=ids) | Q(exchanges__tokens__in=ids)
    linked = SignIn.objects.filter(is_linked, revoked_at=None)
    service.revoke(linked.exclude(pk=keep) if keep else linked, keep)


@receiver(pre_delete, sender=Exchange)
def revoke_unlinked(instance: Exchange, origin: object, **_: Any) -> None:
    """Revoke the session and tokens of a link that is deleted by itself."""
    if Exchange in {type(origin), getattr(origin, "model", None)}:
        service.revoke(SignIn.objects.filter(pk=instance.pk))
