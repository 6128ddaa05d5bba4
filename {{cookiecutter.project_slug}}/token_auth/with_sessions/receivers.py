"""Receivers that revoke sessions and their tokens together."""

from typing import Any
from uuid import UUID

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
    tokens = Exchange.objects.filter(session__in=ids).values("tokens")
    sessions = Exchange.objects.filter(tokens__in=ids).values("session")
    # Not one condition with OR on both: PostgreSQL would read every sign-in.
    linked = SignIn.objects.filter(pk__in=tokens.union(sessions), revoked_at=None)
    service.revoke(linked.exclude(pk=keep) if keep else linked, keep)


@receiver(pre_delete, sender=Exchange)
def revoke_unlinked(instance: Exchange, origin: object, **_: Any) -> None:
    """Revoke the session and tokens of a link that is deleted by itself."""
    if Exchange in {type(origin), getattr(origin, "model", None)}:
        service.revoke(SignIn.objects.filter(pk=instance.pk))
