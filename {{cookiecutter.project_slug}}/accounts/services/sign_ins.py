"""The life cycle of sign-ins: `start`, `rotate` the credential, `revoke`.

A sign-in is one authenticated browser, app or script of a user. The client presents a credential
with its next request. Only the SHA-256 hash is stored, which is enough because credentials are
long and random (ASVS 6.5.2).
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
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.lookups import Lookup
from accounts.models import SECURITY_FIELDS, SignIn, User
from accounts.services import notifications
from accounts.signals import sign_in_starting, sign_ins_revoked
from accounts.user_agents import describe_device_lazily
from monitoring import security_log
from web.client_info import ClientInfo

NO_GRACE = timedelta(0)
# The maximum number of rows in one statement and one command to the cache.
_BATCH = 1000
_WITH_USER = Lookup(SignIn, "user")


class SignInRefusedError(PermissionDenied):
    """Error for a user who may not sign in, or whose account changed after the check."""


class SignInEndedError(Exception):
    """Error for a sign-in that has expired, was revoked, or does not exist."""


class CredentialReusedError(SignInEndedError):
    """Error for a replaced credential that was presented again. Its sign-in is now revoked."""


def start(
    user: User,
    kind: str,
    credential: str,
    *,
    client: ClientInfo,
    within: SignIn | None = None,
) -> SignIn:
    """Record that `user` signed in, and notify the user of a device not seen before.

    Every way of signing in calls this function, which rejects users who may not sign in. One
    statement locks the account and compares it with `user`, so a concurrent change of the account
    either revokes the new sign-in or rejects it. Then it sends `sign_in_starting`, whose receivers
    can reject other users.

    Args:
        user: the user who signed in, as loaded when the credential was checked.
        kind: a key of `settings.SIGN_IN_LIMITS`.
        credential: the credential that the client will present next; only its hash is stored.
        client: the client that made the request.
        within: a sign-in of the same user that this one continues and must not outlive, as
            loaded when its credential was checked.

    Returns:
        The new sign-in.

    Raises:
        SignInRefusedError: the user may not sign in, a receiver rejects the sign-in, the account
            changed, or `within` has ended or has another credential.
        ValueError: `credential` is empty.
    """
    if not credential:
        message = "A sign-in needs a credential."
        raise ValueError(message)
    limits = settings.SIGN_IN_LIMITS[kind]
    methods = within.methods.split() if within else user.authentication_methods
    with transaction.atomic():
        now = timezone.now()
        language = {"language": client.language} if client.language else {}
        _lock(user, last_login=F("last_login") if within else now, **language)
        # Behind the lock, so that no concurrent change of the account escapes the receivers.
        sign_in_starting.send(sender=SignIn, user=user, methods=methods, final=True)
        ends_at = now + limits["absolute"]
        # All user agents of the user, each with its number of live sign-ins.
        live_ones = Count("pk", filter=_not_ended())
        agents = dict(user.sign_ins.values_list("user_agent").annotate(live=live_ones))
        if within is None:
            notifications.notify_of_new_device(user, client, agents)
        else:
            _lock_continued(within)
            ends_at = min(ends_at, within.ends_at)
        if sum(agents.values()) >= settings.MAX_SIGN_INS_PER_USER:
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
            methods=" ".join(methods),
            authenticated_at=within.authenticated_at if within else now,
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
    was lost. The two cases look the same, so the sign-in is revoked (RFC 9700 section 4.14.2).

    Args:
        sign_in_id: the ID of the sign-in.
        user_id: the ID of the user that it must belong to.
        presented: the credential that the client holds.
        replacements: the credential that replaces it, followed by those with which an earlier
            rotation within `grace` may have replaced it.
        grace: how long after a rotation the previous credential is accepted.

    Raises:
        SignInEndedError: it has ended, or its user may no longer sign in.
        CredentialReusedError: `presented` had been replaced before.
    """
    sign_in = find_live(sign_in_id)
    if sign_in is None or sign_in.user_id != user_id:
        raise SignInEndedError
    now = timezone.now()
    presented_hash = hash_credential(presented)
    new = {
        "credential_hash": hash_credential(replacements[0]),
        "previous_credential_hash": presented_hash,
        "rotated_at": now,
        "last_used_at": now,
        "idle_ends_at": _idle_end(sign_in),
    }
    rows = SignIn.objects.filter(pk=sign_in_id, revoked_at=None)
    if rows.filter(credential_hash=presented_hash).update(**new):
        for name, value in new.items():
            setattr(sign_in, name, value)
        return sign_in, replacements[0]
    if grace:
        repeated = rows.filter(previous_credential_hash=presented_hash, rotated_at__gt=now - grace)
        for rotated in repeated.select_related("user"):
            for replacement in replacements:
                if holds(rotated, replacement):
                    return rotated, replacement
    _revoke_after_reuse(sign_in)
    raise CredentialReusedError


def note_use(sign_in: SignIn) -> None:
    """Record that the sign-in was used now, which postpones its idle timeout."""
    SignIn.objects.filter(pk=sign_in.pk).update(
        last_used_at=timezone.now(), idle_ends_at=_idle_end(sign_in)
    )


def live(user: User) -> QuerySet[SignIn]:
    """Return the sign-ins of `user` that are not expired or revoked, most recently used first."""
    return user.sign_ins.filter(_not_ended()).order_by("-last_used_at", "-created_at")


def find_live(sign_in_id: UUID) -> SignIn | None:
    """Return the sign-in with its user, or None if it has ended or the user may not sign in."""
    sign_in: SignIn | None = _WITH_USER.find(sign_in_id)
    return sign_in if sign_in is not None and _is_live(sign_in) else None


def holds(sign_in: SignIn, credential: str) -> bool:
    """Return whether `credential` is the current credential of the sign-in."""
    return constant_time_compare(sign_in.credential_hash, hash_credential(credential))


def revoke(sign_ins: Iterable[SignIn], keep: UUID | None = None) -> int:
    """Revoke these sign-ins and the credentials that depend on them.

    Every way of deleting sign-ins through Django calls this function first.

    Args:
        sign_ins: the sign-ins; those that were revoked before are ignored.
        keep: the ID of a sign-in that remains valid even if it depends on one of these.

    Returns:
        The number of sign-ins that had not been revoked before.
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
        # Includes sign-ins revoked concurrently by another request, which may not get this far.
        sign_ins_revoked.send(sender=SignIn, sign_ins=batch, keep=keep)
    return count


def revoke_one(user: User, sign_in_id: UUID) -> bool:
    """Revoke one sign-in of `user`, and return whether it was live."""
    return bool(revoke(live(user).filter(pk=sign_in_id)))


def revoke_all(user: User, keep: UUID | None = None) -> None:
    """Revoke every sign-in of `user` except `keep`, the one that made the request."""
    rows = live(user)
    revoke(rows.exclude(pk=keep) if keep else rows, keep)


def revoke_all_of(user_ids: Sequence[UUID]) -> None:
    """Revoke every sign-in of these users."""
    for first in range(0, len(user_ids), _BATCH):
        batch = user_ids[first : first + _BATCH]
        revoke(SignIn.objects.filter(user__in=batch, revoked_at=None))


def hash_credential(credential: str) -> str:
    """Return the hash under which a credential is stored."""
    return sha256(credential.encode()).hexdigest()


def _revoke_after_reuse(sign_in: SignIn) -> None:
    security_log.record(
        "credential_reused",
        sign_in.user_id,
        level=logging.WARNING,
        sign_in_id=str(sign_in.pk),
    )
    if revoke([sign_in]):
        device = describe_device_lazily(sign_in.user_agent)
        notifications.notify("credential_reused", sign_in.user, device=device)


def _lock(user: User, **changes: Any) -> None:
    """Lock the row of `user` until the transaction ends, if the account has not changed."""
    # An UPDATE locks on SQLite too.
    loaded = {name: getattr(user, name) for name in ("password", *SECURITY_FIELDS)}
    rows = User.objects.filter(pk=user.pk, email_verified_at__isnull=False, **loaded)
    if not (user.is_active and rows.update(**changes)):
        _refuse(user)


def _lock_continued(sign_in: SignIn) -> None:
    """Lock a sign-in until the transaction ends, if it is live and has the same credential."""
    rows = SignIn.objects.select_for_update().filter(_not_ended(), pk=sign_in.pk)
    if rows.filter(credential_hash=sign_in.credential_hash).first() is None:
        _refuse(sign_in.user)


def _refuse(user: User) -> NoReturn:
    security_log.record("sign_in_refused", user.pk, level=logging.WARNING)
    raise SignInRefusedError


def _revoke_surplus(user: User, within: SignIn | None) -> None:
    """Make room for one more sign-in of `user` by revoking the least recently used ones."""
    rows, room = live(user), settings.MAX_SIGN_INS_PER_USER - 1
    if within is not None:
        rows, room = rows.exclude(pk=within.pk), room - 1
    revoke(rows[max(room, 0) :], keep=within.pk if within else None)


def _not_ended() -> Q:
    now = timezone.now()
    return Q(revoked_at=None, idle_ends_at__gt=now, ends_at__gt=now)


def _idle_end(sign_in: SignIn) -> datetime:
    return min(timezone.now() + settings.SIGN_IN_LIMITS[sign_in.kind]["idle"], sign_in.ends_at)


def _is_live(sign_in: SignIn) -> bool:
    now = timezone.now()
    return (
        sign_in.revoked_at is None
        and now < min(sign_in.idle_ends_at, sign_in.ends_at)
        and sign_in.user.may_sign_in
    )
