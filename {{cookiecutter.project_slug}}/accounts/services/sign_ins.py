"""Sign-ins: `start` grants one, `rotate` replaces its credential, `revoke` ends it.

A credential is what the client presents next time. Only its SHA-256 is stored: it is random and
long, so a plain hash is enough (ASVS 6.5.2).
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import SECURITY_FIELDS, SignIn, User
from accounts.services import notifications
from accounts.signals import sign_ins_revoked
from monitoring import security_log
from web.client_info import ClientInfo

NO_GRACE = timedelta(0)
# Rows that one statement and one message to the cache may name.
_BATCH = 1000


class SignInRefusedError(PermissionDenied):
    """The user may not sign in, or the account changed after the credential was checked."""


class SignInEndedError(Exception):
    """The sign-in is over, was revoked, or never was."""


class CredentialReusedError(SignInEndedError):
    """A credential that had been replaced was presented again; its sign-in has been ended."""


def start(
    user: User,
    kind: str,
    credential: str,
    *,
    client: ClientInfo,
    within: SignIn | None = None,
) -> SignIn:
    """Record that `user` signed in, and notify the user of a device not seen before.

    Every way of signing in ends here, so this is where users who may not sign in are refused.
    The account is locked and compared with `user` in one statement: an account that changes at
    the same time either ends the new sign-in as well, or refuses it.

    Args:
        user: who signed in, as loaded when the credential was checked.
        kind: a key of `settings.SIGN_IN_LIMITS`.
        credential: what the client will present next; only its hash is stored.
        client: where the request comes from.
        within: a sign-in of the same user that this one continues and must not outlive, as
            loaded when its credential was checked.

    Raises:
        SignInRefusedError: the user may not sign in, the account changed, or `within` has ended
            or has another credential.
        ValueError: `credential` is empty.
    """
    if not credential:
        message = "A sign-in needs a credential."
        raise ValueError(message)
    limits = settings.SIGN_IN_LIMITS[kind]
    with transaction.atomic():
        now = timezone.now()
        _lock(user, last_login=F("last_login") if within else now)
        ends_at = now + limits["absolute"]
        if within is None:
            notifications.notify_of_new_device(user, client)
        else:
            _lock_continued(within)
            ends_at = min(ends_at, within.ends_at)
        _revoke_surplus(user, within)
        sign_in = SignIn.objects.create(
            user=user,
            kind=kind,
            created_at=now,
            last_used_at=now,
            idle_ends_at=min(now + limits["idle"], ends_at),
            ends_at=ends_at,
            ip_address=client.ip_address,
            user_agent=client.user_agent,
            credential_hash=hash_credential(credential),
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
    found = hash_credential(presented)
    new = {
        "credential_hash": hash_credential(replacements[0]),
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
    return _not_ended(user.sign_ins.all()).order_by("-last_used_at", "-created_at")


def find_live(sign_in_id: UUID) -> SignIn | None:
    """Return the sign-in with its user if it has not ended and the user may sign in."""
    sign_in = SignIn.objects.select_related("user").filter(pk=sign_in_id).first()
    return sign_in if sign_in is not None and _is_live(sign_in) else None


def holds(sign_in: SignIn, credential: str) -> bool:
    """Return whether `credential` is the one that the sign-in has now."""
    return constant_time_compare(sign_in.credential_hash, hash_credential(credential))


def revoke(sign_ins: Iterable[SignIn], keep: UUID | None = None) -> int:
    """End these sign-ins now, with the credentials that depend on them.

    Deleting sign-ins, in whichever way, ends them here first.

    Args:
        sign_ins: which; those that were revoked before are left out.
        keep: one that continues even if it depends on one of these.

    Returns:
        How many had not been revoked before.
    """
    revoked = [sign_in for sign_in in sign_ins if sign_in.revoked_at is None]
    now, count = timezone.now(), 0
    for first in range(0, len(revoked), _BATCH):
        batch = revoked[first : first + _BATCH]
        ids = [sign_in.pk for sign_in in batch]
        count += SignIn.objects.filter(pk__in=ids, revoked_at=None).update(revoked_at=now)
        for sign_in in batch:
            sign_in.revoked_at = now
            security_log.record("sign_in_ended", sign_in.user_id, sign_in_id=str(sign_in.pk))
        # Also for those that another request revoked just now: it may not have got this far.
        sign_ins_revoked.send(sender=SignIn, sign_ins=batch, keep=keep)
    return count


def revoke_one(user: User, sign_in_id: UUID) -> bool:
    """End one sign-in of `user`; return whether there was such a live sign-in."""
    return bool(revoke(live(user).filter(pk=sign_in_id)))


def revoke_all(user: User, keep: UUID | None = None) -> None:
    """End every sign-in of `user`, except `keep`, which made the request."""
    found = live(user)
    revoke(found.exclude(pk=keep) if keep else found, keep)


def hash_credential(credential: str) -> str:
    """Return what is stored of a credential."""
    return sha256(credential.encode()).hexdigest()


def _end_because_of_reuse(sign_in: SignIn) -> None:
    found = str(sign_in.pk)
    security_log.record(
        "credential_reused", sign_in.user_id, level=logging.WARNING, sign_in_id=found
    )
    if revoke([sign_in]):
        notifications.notify("credential_reused", sign_in.user.email, device=sign_in.device)


def _lock(user: User, **changes: Any) -> None:
    """Lock the row of `user` until the transaction ends, if the account is still as loaded.

    An UPDATE, because it locks on SQLite too.
    """
    loaded = {name: getattr(user, name) for name in ("password", *SECURITY_FIELDS)}
    allowed = User.objects.filter(pk=user.pk, is_active=True, email_verified_at__isnull=False)
    if not allowed.filter(**loaded).update(**changes):
        _refuse(user)


def _lock_continued(sign_in: SignIn) -> None:
    """Lock a sign-in until the transaction ends, if it is live and has the same credential."""
    found = SignIn.objects.select_for_update().filter(
        pk=sign_in.pk, credential_hash=sign_in.credential_hash
    )
    if _not_ended(found).first() is None:
        _refuse(sign_in.user)


def _refuse(user: User) -> NoReturn:
    security_log.record("sign_in_refused", user.pk, level=logging.WARNING)
    raise SignInRefusedError


def _revoke_surplus(user: User, within: SignIn | None) -> None:
    """Make room for one more sign-in of `user`: the least recently used ones end."""
    found, room = live(user), settings.MAX_SIGN_INS_PER_USER - 1
    if within is not None:
        found, room = found.exclude(pk=within.pk), room - 1
    revoke(found[max(room, 0) :], keep=within.pk if within else None)


def _not_ended(sign_ins: QuerySet[SignIn]) -> QuerySet[SignIn]:
    now = timezone.now()
    return sign_ins.filter(revoked_at=None, idle_ends_at__gt=now, ends_at__gt=now)


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
