"""The life of a sign-in: it starts, its credential rotates, it ends.

A credential is whatever the client presents next time. Only its SHA-256 is kept: it is random
and long, so a plain hash is enough (ASVS 6.5.2).
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import SignIn, User
from accounts.services import notifications
from accounts.signals import sign_ins_ended
from monitoring import security_log
from web.client_info import ClientInfo

NO_GRACE = timedelta(0)


class SignInEndedError(Exception):
    """The sign-in is over, was revoked, or never was."""


class CredentialReusedError(SignInEndedError):
    """A credential that had been replaced was presented again; its sign-in has been ended."""


def start(
    user: User, kind: str, client: ClientInfo, credential: str, within: SignIn | None = None
) -> SignIn:
    """Record that `user` signed in, and tell the user if it was on a device not seen before.

    Args:
        user: who signed in.
        kind: a key of `settings.SIGN_IN_LIMITS`, which says how long it may last.
        client: from where.
        credential: what the client will present next; only its hash is stored.
        within: a sign-in of the same user that this one continues, and must not outlive.
    """
    now = timezone.now()
    limits = settings.SIGN_IN_LIMITS[kind]
    ends_at = now + limits["absolute"]
    if within is None:
        notifications.tell_of_new_device(user, client)
    else:
        ends_at = min(ends_at, within.ends_at)
    sign_in = SignIn.objects.create(
        user=user,
        kind=kind,
        created_at=now,
        last_used_at=now,
        idle_ends_at=min(now + limits["idle"], ends_at),
        ends_at=ends_at,
        ip_address=client.ip_address,
        user_agent=client.user_agent,
        credential_hash=hash_of(credential),
    )
    security_log.record("sign_in_started", user.pk, sign_in_id=str(sign_in.pk), kind=kind)
    return sign_in


def rotate(
    sign_in_id: UUID,
    user_id: UUID,
    *,
    presented: str,
    replacements: Sequence[str],
    grace: timedelta = NO_GRACE,
) -> tuple[SignIn, str]:
    """Replace the credential of a sign-in, and return the sign-in with its new credential.

    The decision is one conditional UPDATE, which the database serializes: of concurrent callers,
    one succeeds. Within `grace`, the others and later callers with the same credential get the
    same replacement. Any other credential was replaced earlier: it was copied, or its replacement
    was lost. Since these cannot be told apart, the sign-in ends (RFC 9700 section 4.14.2).

    Args:
        sign_in_id: the sign-in.
        user_id: the user that it must belong to.
        presented: the credential that the client holds.
        replacements: the credential that replaces it. Further ones are those that a rotation
            before this one, within `grace`, may have replaced it with.
        grace: how long after a rotation the previous credential is accepted.

    Raises:
        SignInEndedError: it has ended, or its user may no longer sign in.
        CredentialReusedError: `presented` had been replaced before.
    """
    sign_in = find_live(sign_in_id)
    if sign_in is None or sign_in.user_id != user_id:
        raise SignInEndedError
    now = timezone.now()
    found = hash_of(presented)
    new = {
        "credential_hash": hash_of(replacements[0]),
        "previous_credential_hash": found,
        "rotated_at": now,
        "last_used_at": now,
        "idle_ends_at": _idle_end(sign_in),
    }
    rows = SignIn.objects.filter(pk=sign_in_id, revoked_at=None)
    if rows.filter(credential_hash=found).update(**new):
        for name, value in new.items():
            setattr(sign_in, name, value)
        return sign_in, replacements[0]
    if grace:
        repeated = rows.filter(previous_credential_hash=found, rotated_at__gt=now - grace)
        for rotated in repeated.select_related("user"):
            for replacement in replacements:
                if holds(rotated, replacement):
                    return rotated, replacement
    _end_because_of_reuse(sign_in)
    raise CredentialReusedError


def note_use(sign_in: SignIn) -> None:
    """Record that the sign-in was used now, which moves the end that it has when idle."""
    SignIn.objects.filter(pk=sign_in.pk).update(
        last_used_at=timezone.now(), idle_ends_at=_idle_end(sign_in)
    )


def live(user: User) -> QuerySet[SignIn]:
    """Return the sign-ins of `user` that have not ended, the last one used first."""
    now = timezone.now()
    found = user.sign_ins.filter(revoked_at=None, idle_ends_at__gt=now, ends_at__gt=now)
    return found.order_by("-last_used_at")


def find_live(sign_in_id: UUID) -> SignIn | None:
    """Return the sign-in with its user if it has not ended and the user may sign in."""
    sign_in = SignIn.objects.select_related("user").filter(pk=sign_in_id).first()
    return sign_in if sign_in is not None and _is_live(sign_in) else None


def holds(sign_in: SignIn, credential: str) -> bool:
    """Return whether `credential` is the one that the sign-in has now."""
    return constant_time_compare(sign_in.credential_hash, hash_of(credential))


def revoke(sign_ins: Iterable[SignIn], keep: UUID | None = None) -> int:
    """End these sign-ins now, and whatever hangs on them; return how many had not ended before.

    Args:
        sign_ins: which.
        keep: one that goes on even if it hangs on one of these.
    """
    ended = [sign_in for sign_in in sign_ins if sign_in.revoked_at is None]
    if not ended:
        return 0
    now = timezone.now()
    ids = [sign_in.pk for sign_in in ended]
    count = SignIn.objects.filter(pk__in=ids, revoked_at=None).update(revoked_at=now)
    for sign_in in ended:
        sign_in.revoked_at = now
        security_log.record("sign_in_ended", sign_in.user_id, sign_in_id=str(sign_in.pk))
    # Also of those that another request has just ended: its marks may not be written yet.
    sign_ins_ended.send(sender=SignIn, sign_ins=ended, keep=keep)
    return count


def revoke_one(user: User, sign_in_id: UUID) -> bool:
    """End one sign-in of `user`; return whether there is such a sign-in to be ended."""
    return bool(revoke(live(user).filter(pk=sign_in_id)))


def revoke_all(user: User, keep: UUID | None = None) -> None:
    """End every sign-in of `user`.

    Args:
        user: whose.
        keep: the one that goes on, because it made the request.
    """
    ended = live(user)
    revoke(ended.exclude(pk=keep) if keep else ended, keep)


def hash_of(credential: str) -> str:
    """Return what is stored of a credential."""
    return sha256(credential.encode()).hexdigest()


def _end_because_of_reuse(sign_in: SignIn) -> None:
    found = str(sign_in.pk)
    security_log.record(
        "credential_reused", sign_in.user_id, level=logging.WARNING, sign_in_id=found
    )
    if revoke([sign_in]):
        notifications.tell("credential_reused", sign_in.user.email, device=sign_in.device)


def _idle_end(sign_in: SignIn) -> datetime:
    return min(timezone.now() + settings.SIGN_IN_LIMITS[sign_in.kind]["idle"], sign_in.ends_at)


def _is_live(sign_in: SignIn) -> bool:
    now = timezone.now()
    return (
        sign_in.revoked_at is None
        and now < sign_in.idle_ends_at
        and now < sign_in.ends_at
        and sign_in.user.may_sign_in
    )
