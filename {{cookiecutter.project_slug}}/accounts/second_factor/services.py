"""Services that set up, check and remove the second factor of a user.

All raise `SecondFactorError`. A code is one of the app or a recovery code. Those that take one
raise `RateLimitExceededError` after too many attempts; on a network from which the user has signed
in before, attempts from elsewhere do not count, so that they cannot lock the user out.
"""

import logging
import re
import secrets
from contextlib import suppress
from string import ascii_lowercase, digits
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from pyotp import TOTP, random_base32

from accounts.models import User
from accounts.second_factor import gate
from accounts.second_factor.errors import SecondFactorError
from accounts.second_factor.models import Authenticator, RecoveryCode
from accounts.second_factor.sealing import seal, unseal
from accounts.services import authentication, notifications, rate_limits, sign_ins
from accounts.services.rate_limits import RateLimitKey
from monitoring import security_log
from web.client_info import ClientInfo

APP = "app"  # what a secret is sealed for
ENROLLMENT_AGE = 10 * 60  # seconds
STEP = 30  # seconds for which an app shows a code
# Without characters that look alike; ten of these 32 are 50 bits.
_ALPHABET = sorted({*ascii_lowercase, *digits} - {*"lo01"})


class Enrollment(NamedTuple):
    """What sets up an app; the client returns `state`, which is encrypted, with the first code."""

    state: str
    secret: str
    uri: str


class Status(NamedTuple):
    """The second factor of a user."""

    enabled: bool
    required: bool
    recovery_codes_left: int


def verify(ticket: str, code: str, *, client: ClientInfo) -> User:
    """Return the user of a held sign-in, who may now sign in (`invalid_second_factor`)."""
    user = gate.user_of_ticket(ticket, enroll=False)
    _use(user, code, client)
    user.authentication_methods = (*user.authentication_methods, "otp")
    return user


def begin_enrollment(user: User, code: str = "", *, client: ClientInfo) -> Enrollment:
    """Return a new secret for the app of a user, which `finish_enrollment` stores.

    Args:
        user: the user, who has just reauthenticated, or the user of a ticket.
        code: needed to replace a second factor (`second_factor_exists`).
        client: the client that made the request.
    """
    purpose, exists = _enrollment(user)
    if exists and not code.strip():
        raise SecondFactorError("second_factor_exists")
    if exists:
        _use(user, code, client)
    return continue_enrollment(user, seal(purpose, user.pk, random_base32()))


def continue_enrollment(user: User, state: str) -> Enrollment:
    """Return an enrollment that has begun, to show it again (`invalid_enrollment`)."""
    secret = unseal(_enrollment(user)[0], user.pk, state, ENROLLMENT_AGE)
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
        _lock(user)
        secret = continue_enrollment(user, state).secret
        step = _step_of(secret, code)
        if step is None:
            raise SecondFactorError("invalid_second_factor")
        Authenticator.objects.filter(pk=user.pk).delete()
        sealed = seal(APP, user.pk, secret)
        Authenticator.objects.create(user=user, sealed_secret=sealed, last_step=step)
        codes = _replace_recovery_codes(user)
        rows = user.sign_ins.filter(pk__in=[user.current_sign_in_id])
        rows.exclude(methods__contains="otp").update(methods=Concat(F("methods"), Value(" otp")))
        _report("added", user)
    user.authentication_methods = (*user.authentication_methods, "otp")
    return codes


def new_recovery_codes(user: User, code: str, *, client: ClientInfo) -> list[str]:
    """Replace the recovery codes of a user, who has just reauthenticated, and return them."""
    _use(user, code, client)
    with transaction.atomic():
        _lock(user)
        codes = _replace_recovery_codes(user)
        _report("recovery_codes", user)
    return codes


def remove(user: User, code: str, *, client: ClientInfo) -> None:
    """Remove the second factor of a user, who has just reauthenticated, if the policy allows it.

    The codes of the errors are `second_factor_must_stay`, `no_second_factor` and
    `invalid_second_factor`.
    """
    if gate.is_required(user):
        raise SecondFactorError("second_factor_must_stay")
    _use(user, code, client)
    _delete(user, "removed")


def reset(user: User) -> None:
    """Remove the second factor of a user and end all sign-ins, for staff (`no_second_factor`)."""
    user.current_sign_in_id = None
    _delete(user, "reset")


def status(user: User) -> Status:
    """Return whether the user has a second factor and needs one, and the recovery codes left."""
    exists = Authenticator.objects.filter(pk=user.pk).exists()
    left = RecoveryCode.objects.filter(user=user, used_at=None).count()
    return Status(exists, gate.is_required(user), left)


def _enrollment(user: User) -> tuple[str, bool]:
    """Return the purpose of a new secret, which names the app it replaces, and if there is one."""
    replaced = Authenticator.objects.filter(pk=user.pk).first()
    return f"enrollment {replaced and replaced.created_at}", replaced is not None


def _use(user: User, code: str, client: ClientInfo) -> None:
    """Use up a code of a user; attempts are counted before it is checked."""
    authenticator = Authenticator.objects.filter(pk=user.pk).first()
    if authenticator is None:
        raise SecondFactorError("no_second_factor")
    keys = [RateLimitKey("second_factor", f"{user.pk} {client.network}")]
    if not authentication.is_known(user.email, client):
        keys.append(RateLimitKey("second_factor_account", str(user.pk)))
    consumed = rate_limits.consume(*keys)
    code = re.sub(r"[\s-]", "", code).lower()
    if _use_code(authenticator, code) or _use_recovery_code(user, code):
        rate_limits.refund(consumed)
        return
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


def _use_code(authenticator: Authenticator, code: str) -> bool:
    """Return whether a code of the app is valid; of concurrent callers, one succeeds."""
    secret = unseal(APP, authenticator.pk, authenticator.sealed_secret)
    if secret is None:
        security_log.record("second_factor_unreadable", authenticator.pk, level=logging.ERROR)
        return False
    step = _step_of(secret, code)
    rows = Authenticator.objects.filter(pk=authenticator.pk, created_at=authenticator.created_at)
    return step is not None and bool(rows.filter(last_step__lt=step).update(last_step=step))


def _step_of(secret: str, code: str) -> int | None:
    """Return the previous, current or next time step, if `code` is its code (RFC 6238)."""
    now, code = int(timezone.now().timestamp()) // STEP, "".join(code.split())
    codes = {step: TOTP(secret).generate_otp(step) for step in (now - 1, now, now + 1)}
    # Compared only if it is ASCII: other text may have no encoding.
    found = (step for step in codes if code.isascii() and constant_time_compare(codes[step], code))
    return next(found, None)


def _use_recovery_code(user: User, code: str) -> bool:
    """Return whether a recovery code is valid; of concurrent callers, one succeeds."""
    if not re.fullmatch("[0-9][a-z0-9]{10}", code):
        return False
    rows = RecoveryCode.objects.filter(user=user, number=code[0], used_at=None)
    row = rows.first()
    if row is None or not check_password(code, row.code_hash):
        return False
    return bool(rows.filter(code_hash=row.code_hash).update(used_at=timezone.now()))


def _replace_recovery_codes(user: User) -> list[str]:
    codes = [f"{n}{''.join(secrets.choice(_ALPHABET) for _ in range(10))}" for n in range(10)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, number=number, code_hash=make_password(code))
        for number, code in enumerate(codes)
    )
    return [f"{code[:6]}-{code[6:]}" for code in codes]


def _delete(user: User, change: str) -> None:
    with transaction.atomic():
        _lock(user)
        if not Authenticator.objects.filter(pk=user.pk).delete()[0]:
            raise SecondFactorError("no_second_factor")
        RecoveryCode.objects.filter(user=user).delete()
        _report(change, user)


def _lock(user: User) -> None:
    """Lock the account until the transaction ends, so that concurrent sign-ins wait."""
    User.objects.select_for_update().filter(pk=user.pk).first()


def _report(change: str, user: User) -> None:
    """Revoke the other sign-ins, notify the user and log the change (ASVS 6.3.7, 7.4.3)."""
    sign_ins.revoke_all(user, keep=user.current_sign_in_id)
    notifications.notify("second_factor_changed", user, change=change)
    security_log.record("second_factor_changed", user.pk, change=change)
