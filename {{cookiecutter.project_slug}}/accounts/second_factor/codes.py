"""Codes of the app of a user, and recovery codes; of concurrent uses of one, one succeeds."""

import logging
import re
import secrets
from string import ascii_lowercase, digits

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from pyotp import TOTP

from accounts.models import User
from accounts.second_factor.models import Authenticator, RecoveryCode
from accounts.second_factor.sealing import unseal
from monitoring import security_log

APP = "app"  # what a secret is sealed for
STEP = 30  # seconds for which an app shows a code
METHODS = ("otp",)  # RFC 8176
# Without characters that look alike; ten of these 32 are 50 bits.
_ALPHABET = sorted({*ascii_lowercase, *digits} - {*"lo01"})


def use_app_code(user: User, code: str) -> tuple[str, ...]:
    """Use up a code of the app, and return its methods; they are empty if it is not valid."""
    authenticator = Authenticator.objects.filter(pk=user.pk).first()
    if authenticator is None:
        return ()
    secret = unseal(APP, user.pk, authenticator.sealed_secret)
    if secret is None:
        security_log.record("second_factor_unreadable", user.pk, level=logging.ERROR)
        return ()
    step = step_of(secret, code)
    rows = Authenticator.objects.filter(pk=user.pk, created_at=authenticator.created_at)
    used = step is not None and rows.filter(last_step__lt=step).update(last_step=step)
    return METHODS if used else ()


def step_of(secret: str, code: str) -> int | None:
    """Return the previous, current or next time step, if `code` is its code (RFC 6238)."""
    now, code = int(timezone.now().timestamp()) // STEP, _normalized(code)
    codes = {step: TOTP(secret).generate_otp(step) for step in (now - 1, now, now + 1)}
    # Compared only if it is ASCII: other text may have no encoding.
    found = (step for step in codes if code.isascii() and constant_time_compare(codes[step], code))
    return next(found, None)


def use_recovery_code(user: User, code: str) -> tuple[str, ...]:
    """Use up a recovery code, and return its methods; they are empty if it is not valid."""
    code = _normalized(code)
    if not re.fullmatch("[0-9][a-z0-9]{10}", code):
        return ()
    rows = RecoveryCode.objects.filter(user=user, number=code[0], used_at=None)
    row = rows.first()
    if row is None or not check_password(code, row.code_hash):
        return ()
    used = rows.filter(code_hash=row.code_hash).update(used_at=timezone.now())
    return METHODS if used else ()


def replace_recovery_codes(user: User) -> list[str]:
    """Replace the recovery codes of a user, and return them."""
    codes = [f"{n}{''.join(secrets.choice(_ALPHABET) for _ in range(10))}" for n in range(10)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, number=number, code_hash=make_password(code))
        for number, code in enumerate(codes)
    )
    return [f"{code[:6]}-{code[6:]}" for code in codes]


def _normalized(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()
