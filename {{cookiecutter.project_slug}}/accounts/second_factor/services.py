"""Services that set up, check and remove the second factor of a user.

All raise `SecondFactorError`. A code is what `factors.CHECKS` accept. Services that take one
raise `RateLimitExceededError` after too many attempts; on a network from which the user has signed
in before, attempts from elsewhere do not count, so that they cannot lock the user out.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from pyotp import TOTP, random_base32

from accounts.models import User
from accounts.second_factor import codes, factors, gate
from accounts.second_factor.errors import SecondFactorError
from accounts.second_factor.models import AnnouncedReset, Authenticator, RecoveryCode
from accounts.second_factor.sealing import seal, unseal
from accounts.services import authentication, notifications, rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitKey
from monitoring import security_log
from web.client_info import ClientInfo

ENROLLMENT_AGE = 10 * 60  # seconds
RESET_AGE = 7 * 24 * 60 * 60  # seconds after its delay


class Enrollment(NamedTuple):
    """What sets up an app; the client returns `state`, which is encrypted, with the first code."""

    state: str
    secret: str
    uri: str


class Status(NamedTuple):
    """The second factor of a user; `methods` are the kinds of codes to choose from."""

    enabled: bool
    required: bool
    recovery_codes_left: int
    methods: Sequence[str]


def verify(ticket: str, code: str, *, client: ClientInfo) -> User:
    """Return the user of a held sign-in, who may now sign in (`invalid_second_factor`)."""
    user = gate.user_of_ticket(ticket, enroll=False)
    methods = use(user, code, client)
    user.authentication_methods = (*user.authentication_methods, *methods)
    return user


def begin_enrollment(user: User, code: str = "", *, client: ClientInfo) -> Enrollment:
    """Return a new secret for the app of a user, which `finish_enrollment` stores.

    Args:
        user: the user, who has just reauthenticated, or the user of a ticket.
        code: needed to replace a second factor (`second_factor_exists`).
        client: the client that made the request.
    """
    use_to_add(user, code, client)
    return continue_enrollment(user, seal(_purpose(user), user.pk, random_base32()))


def continue_enrollment(user: User, state: str) -> Enrollment:
    """Return an enrollment that has begun, to show it again (`invalid_enrollment`)."""
    secret = unseal(_purpose(user), user.pk, state, ENROLLMENT_AGE)
    if secret is None:
        raise SecondFactorError("invalid_enrollment")
    uri = TOTP(secret).provisioning_uri(name=user.email, issuer_name=settings.BRAND["name"])
    return Enrollment(state, secret, uri)


def finish_enrollment(user: User, state: str, code: str) -> list[str]:
    """Store the app of a user who may now sign in, and return the recovery codes.

    Args:
        user: the user who began the enrollment.
        state: the state of the enrollment (`invalid_enrollment`).
        code: the first code of the app (`invalid_second_factor`).
    """
    with transaction.atomic():
        lock(user)
        secret = continue_enrollment(user, state).secret
        step = codes.step_of(secret, code)
        if step is None:
            raise SecondFactorError("invalid_second_factor")
        Authenticator.objects.filter(pk=user.pk).delete()
        sealed = seal(codes.APP, user.pk, secret)
        Authenticator.objects.create(user=user, sealed_secret=sealed, last_step=step)
        recovery_codes = codes.replace_recovery_codes(user)
        note_methods(user, codes.METHODS)
        report("added", user)
    return recovery_codes


def new_recovery_codes(user: User, code: str, *, client: ClientInfo) -> list[str]:
    """Replace the recovery codes of a user, who has just reauthenticated, and return them."""
    use(user, code, client)
    with transaction.atomic():
        lock(user)
        recovery_codes = codes.replace_recovery_codes(user)
        report("recovery_codes", user)
    return recovery_codes


def remove(user: User, code: str, *, client: ClientInfo) -> None:
    """Remove all second factors of a user, who has just reauthenticated, if the policy allows it.

    The codes of the errors are `second_factor_must_stay`, `no_second_factor` and
    `invalid_second_factor`.
    """
    if gate.is_required(user):
        raise SecondFactorError("second_factor_must_stay")
    use(user, code, client)
    _delete(user, "removed")


def reset(user: User) -> datetime | None:
    """Remove all second factors of a user and end all sign-ins, for staff (`no_second_factor`).

    If `settings.SECOND_FACTOR_RESET_DELAY` is not 0, the first call only notifies the user, and
    returns when another call can remove them. The user cancels that by signing in or by changing
    the second factor (ASVS 6.4.4). After `RESET_AGE`, the next call notifies the user again.
    """
    user.current_sign_in_id = None
    delay = timedelta(seconds=settings.SECOND_FACTOR_RESET_DELAY)
    with transaction.atomic():
        if delay and (due_at := _announce(user, delay) + delay) > timezone.now():
            return due_at
        _delete(user, "reset")
    return None


def status(user: User) -> Status:
    """Return whether the user has a second factor and needs one, and the recovery codes left."""
    methods = gate.methods_of(user)
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    return Status(bool(methods), gate.is_required(user), left, methods)


def _purpose(user: User) -> str:
    """Return the purpose of a new secret, which ends when another second factor is added."""
    replaced = Authenticator.objects.filter(pk=user.pk).first()
    return f"enrollment {replaced and replaced.created_at} {factors.kinds_of(user)}"


def use_to_add(user: User, code: str, client: ClientInfo) -> None:
    """Use up a code, unless the user adds a first second factor (`second_factor_exists`)."""
    if factors.kinds_of(user):
        if not code.strip():
            raise SecondFactorError("second_factor_exists")
        use(user, code, client)


def use(user: User, code: str, client: ClientInfo) -> Sequence[str]:
    """Use up a code of a user, and return the methods that it proves.

    Attempts are counted before it is checked.
    """
    if not factors.kinds_of(user):
        raise SecondFactorError("no_second_factor")
    keys = [RateLimitKey("second_factor", f"{user.pk} {client.network}")]
    if not authentication.is_known(user.email, client):
        keys.append(RateLimitKey("second_factor_account", str(user.pk)))
    consumed = rate_limits.consume(*keys)
    for check in factors.CHECKS:
        if methods := check(user, code):
            rate_limits.refund(consumed)
            return methods
    security_log.record("second_factor_refused", user.pk, level=logging.WARNING)
    # Once in a while, tell the user of someone who has the password.
    attempts, seconds = settings.RATE_LIMITS["second_factor"]
    if _count_refusal(user, seconds) == attempts:
        notifications.notify("second_factor_refused", user)
    raise SecondFactorError("invalid_second_factor")


def _count_refusal(user: User, seconds: int) -> int:
    """Return how many codes of a user were refused within `seconds`, or 0 if that is unknown."""
    key = f"second_factor_refused:{user.pk}"
    # The entry may expire between the two commands, or the cache become unreachable.
    with suppress(Exception):
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    return 0


def _announce(user: User, delay: timedelta) -> datetime:
    """Announce a reset to the user, unless that was done, and return when."""
    state = gate.state_of(lock(user))
    if not factors.kinds_of(user):
        raise SecondFactorError("no_second_factor")
    oldest = timezone.now() - delay - timedelta(seconds=RESET_AGE)
    valid = {"state": state, "announced_at__gt": oldest}
    AnnouncedReset.objects.filter(user=user).exclude(**valid).delete()
    row, is_new = AnnouncedReset.objects.get_or_create(user=user, state=state)
    if is_new:
        notifications.notify("second_factor_changed", user, change="announced")
        security_log.record("second_factor_changed", user.pk, change="announced")
    return row.announced_at


def _delete(user: User, change: str) -> None:
    with transaction.atomic():
        lock(user)
        if not factors.delete(user):
            raise SecondFactorError("no_second_factor")
        RecoveryCode.objects.filter(user=user).delete()
        report(change, user)


def lock(user: User) -> User:
    """Lock the account until the transaction ends, so that concurrent sign-ins wait.

    The error of an account that was deleted meanwhile is `invalid_ticket`.
    """
    account = User.objects.select_for_update().filter(pk=user.pk).first()
    if account is None:
        raise SecondFactorError("invalid_ticket")
    return account


def note_methods(user: User, methods: Sequence[str]) -> None:
    """Add the methods of a new second factor to the sign-in of the request, or to the next one.

    The error of a sign-in that has been revoked meanwhile is `invalid_enrollment`: otherwise, the
    second factor of a thief would outlive the password reset of the owner.
    """
    added = " ".join(methods)
    rows = sign_ins.live(user).filter(pk__in=[user.current_sign_in_id])
    if user.current_sign_in_id and not rows.exists():
        raise SecondFactorError("invalid_enrollment")
    rows.exclude(methods__contains=added).update(methods=Concat(F("methods"), Value(f" {added}")))
    user.authentication_methods = (*user.authentication_methods, *methods)


def report(change: str, user: User, notice: str = "second_factor_changed") -> None:
    """Revoke the other sign-ins, notify the user and log the change (ASVS 6.3.7, 7.4.3).

    An announced reset is canceled, because the user has a second factor.
    """
    AnnouncedReset.objects.filter(user=user).delete()
    sign_ins.revoke_all(user, keep=user.current_sign_in_id)
    notifications.notify(notice, user, change=change)
    security_log.record("second_factor_changed", user.pk, change=change)
