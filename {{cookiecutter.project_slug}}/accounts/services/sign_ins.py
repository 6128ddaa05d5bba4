"""The life of a sign-in: it starts, its credential rotates, it ends.

A credential is whatever the client presents next time. Only its SHA-256 is kept: it is random
and long, so a plain hash is enough (ASVS 6.5.2).
"""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.client import Client
from accounts.models import SignIn, User
from accounts.signals import sign_ins_ended


class SignInEndedError(Exception):
    """The sign-in is over, was revoked, or never was."""


class CredentialReusedError(SignInEndedError):
    """A credential that had been replaced was presented again; its sign-in has been ended."""


def start(user: User, kind: str, client: Client, credential: str) -> SignIn:
    """Record that `user` signed in.

    Args:
        user: who signed in.
        kind: a key of `settings.SIGN_IN_LIMITS`, which says how long it may last.
        client: from where.
        credential: what the client will present next; only its hash is stored.
    """
    now = timezone.now()
    limits = settings.SIGN_IN_LIMITS[kind]
    return SignIn.objects.create(
        user=user,
        kind=kind,
        created_at=now,
        last_used_at=now,
        idle_ends_at=now + limits["idle"],
        ends_at=now + limits["absolute"],
        address=client.address,
        user_agent=client.user_agent,
        credential_hash=_hash(credential),
    )


def rotate(sign_in_id: UUID, presented: str, replacement: str) -> SignIn:
    """Replace the credential of a sign-in: of any number of callers at once, one succeeds.

    The decision is one conditional UPDATE, which the database serialises for us. Whoever finds
    another credential in place presents one that was used before: it has leaked, or its answer
    was lost, and nobody can tell which, so the sign-in ends (RFC 9700 section 4.14.2).

    Args:
        sign_in_id: which sign-in.
        presented: the credential that the client holds.
        replacement: the credential that it shall hold from now on.

    Raises:
        SignInEndedError: it is over, or its user may no longer sign in.
        CredentialReusedError: `presented` had been replaced before.
    """
    now = timezone.now()
    sign_in = SignIn.objects.select_related("user").filter(pk=sign_in_id).first()
    if sign_in is None or not _is_live(sign_in):
        raise SignInEndedError
    sign_in.previous_credential_hash = _hash(presented)
    sign_in.credential_hash = _hash(replacement)
    sign_in.rotated_at = sign_in.last_used_at = now
    sign_in.idle_ends_at = min(
        now + settings.SIGN_IN_LIMITS[sign_in.kind]["idle"], sign_in.ends_at
    )
    rotated = SignIn.objects.filter(
        pk=sign_in_id, credential_hash=sign_in.previous_credential_hash, revoked_at=None
    ).update(
        credential_hash=sign_in.credential_hash,
        previous_credential_hash=sign_in.previous_credential_hash,
        rotated_at=now,
        last_used_at=now,
        idle_ends_at=sign_in.idle_ends_at,
    )
    if not rotated:
        revoke([sign_in])
        raise CredentialReusedError
    return sign_in


def live(user: User) -> QuerySet[SignIn]:
    """Return the sign-ins of `user` that have not ended."""
    now = timezone.now()
    return user.sign_ins.filter(revoked_at=None, idle_ends_at__gt=now, ends_at__gt=now)


def find_live(sign_in_id: UUID) -> SignIn | None:
    """Return the sign-in with its user if it has not ended and the user may sign in."""
    sign_in = SignIn.objects.select_related("user").filter(pk=sign_in_id).first()
    return sign_in if sign_in is not None and _is_live(sign_in) else None


def holds(sign_in: SignIn, credential: str) -> bool:
    """Return whether `credential` is the one that the sign-in has now."""
    return constant_time_compare(sign_in.credential_hash, _hash(credential))


def revoke(sign_ins: Iterable[SignIn]) -> None:
    """End these sign-ins now; ending one again does nothing."""
    ended = list(sign_ins)
    if ended:
        ids = [sign_in.pk for sign_in in ended]
        SignIn.objects.filter(pk__in=ids, revoked_at=None).update(revoked_at=timezone.now())
        sign_ins_ended.send(sender=SignIn, sign_ins=ended)


def revoke_all(user: User, keep: UUID | None = None) -> None:
    """End every sign-in of `user`.

    Args:
        user: whose.
        keep: the one that goes on, because it made the request.
    """
    ended = live(user)
    revoke(ended.exclude(pk=keep) if keep else ended)


def _is_live(sign_in: SignIn) -> bool:
    now = timezone.now()
    return (
        sign_in.revoked_at is None
        and now < sign_in.idle_ends_at
        and now < sign_in.ends_at
        and sign_in.user.may_sign_in
    )


def _hash(credential: str) -> str:
    return sha256(credential.encode()).hexdigest()
