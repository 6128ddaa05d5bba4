"""Services that add, use and remove passkeys.

All raise `SecondFactorError`. A response is the JSON text of `PublicKeyCredential.toJSON()`. A
valid one is also a code of the second factor, for every service that takes one.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from accounts.models import User
from accounts.second_factor import codes, factors, gate, services
from accounts.second_factor.errors import SecondFactorError
from accounts.second_factor.models import RecoveryCode
from accounts.second_factor.passkeys import ceremonies
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitKey
from monitoring import security_log
from web.client_info import ClientInfo

# A key on a device, which has verified the user by a PIN or by biometrics (RFC 8176).
METHODS = ("hwk", "user")
# Of one user, so that an attacker with a session cannot add more than the owner can remove.
MAX_PASSKEYS = 20
_NOTICE = "passkey_changed"


def request_options(user: User | None = None) -> dict[str, Any]:
    """Return the options for a response, in JSON.

    Without `user`, they are for signing in, and the same for everyone. Otherwise, the response is
    a code of that user, who has a ticket or has signed in.
    """
    if user is None:
        return ceremonies.request_options([])
    return ceremonies.request_options([*user.passkeys.all()], str(user.pk))


def begin_registration(user: User, code: str = "", *, client: ClientInfo) -> dict[str, Any]:
    """Return the options for a new passkey, in JSON, whose response `finish_registration` takes.

    Args:
        user: the user, who has just reauthenticated, or the user of a ticket.
        code: needed if there is a second factor (`second_factor_exists`).
        client: the client that made the request.

    The code of the error of a user with `MAX_PASSKEYS` is `too_many_passkeys`.
    """
    _check_number(user)
    services.use_to_add(user, code, client)
    return ceremonies.creation_options(user, [*user.passkeys.all()], *_purpose(user))


def finish_registration(user: User, response: str, name: str) -> list[str]:
    """Store the passkey of a user who may now sign in.

    Args:
        user: the user who began the registration.
        response: the response to its options (`invalid_passkey`).
        name: what the user calls the passkey, at most 100 characters.

    Returns:
        The recovery codes if this is the first second factor; otherwise none.
    """
    credential = ceremonies.read(response, ceremonies.ATTESTATION)
    with transaction.atomic():
        services.lock(user)
        purpose, is_first = _purpose(user), not factors.kinds_of(user)
        new = credential and ceremonies.verify_attestation(credential, *purpose)
        if not new:
            raise SecondFactorError("invalid_passkey")
        _check_number(user)
        _, created = Passkey.objects.get_or_create(
            credential_id=bytes_to_base64url(new.credential_id),
            defaults={
                "user": user,
                "public_key": new.credential_public_key,
                "sign_count": new.sign_count,
                "name": name,
            },
        )
        if not created:
            raise SecondFactorError("invalid_passkey")
        recovery_codes = codes.replace_recovery_codes(user) if is_first else []
        services.note_methods(user, METHODS)
        services.report("passkey_added", user, _NOTICE)
    return recovery_codes


def remove_passkey(user: User, pk: int, code: str, *, client: ClientInfo) -> None:
    """Remove a passkey of a user, who has just reauthenticated.

    The codes of the errors are `no_passkey`, `invalid_second_factor` and, if it is the last second
    factor of a user who needs one, `second_factor_must_stay`.
    """
    _removable(user, pk)
    services.use(user, code, client)
    with transaction.atomic():
        services.lock(user)
        # Another request may have removed the other ones meanwhile.
        _removable(user, pk).delete()
        if factors.kinds_of(user):
            services.report("passkey_removed", user, _NOTICE)
        else:
            RecoveryCode.objects.filter(user=user).delete()
            services.report("removed", user)


def sign_in(response: str, *, client: ClientInfo) -> User:
    """Return the user of a passkey, who may now sign in without a password.

    Invalid passkeys of other clients in the network do not block valid ones. Nor do sign-ins with
    the password, which a thief may begin but not finish.

    Args:
        response: the response to `request_options()` (`invalid_passkey`).
        client: the client that made the request.

    Raises:
        RateLimitExceededError: too many invalid ones of the network, or sign-ins of the user.
    """
    passkey = _use(response)
    if passkey is None or not passkey.user.may_sign_in:
        security_log.record("passkey_refused", level=logging.WARNING)
        rate_limits.consume(RateLimitKey("passkeys", client.network))
        raise SecondFactorError("invalid_passkey")
    rate_limits.consume(RateLimitKey("sign_ins", f"{passkey.user.pk} passkey"))
    passkey.user.authentication_methods = METHODS
    return passkey.user


def use_passkey(user: User, code: str) -> Sequence[str]:
    """Use up a response as a code of a user, and return its methods; empty if it is not valid."""
    return METHODS if _use(code, user) else ()


def export(user: User, **_: Any) -> dict[str, Any]:
    """Receive `exporting`, and return the passkeys of a user without their keys."""
    rows = user.passkeys.order_by("created_at").values("name", "created_at", "last_used_at")
    return {"passkeys": list(rows)}


def _use(response: str, user: User | None = None) -> Passkey | None:
    """Use up a response, and return its passkey if it is valid; of concurrent uses, one succeeds.

    Without `user`, the device must name the user, to whom the passkey must belong.
    """
    credential = ceremonies.read(response, ceremonies.ASSERTION)
    if credential is None:
        return None
    rows = Passkey.objects.filter(credential_id=credential["id"])
    passkey = (rows.filter(user=user) if user else rows).select_related("user").first()
    if passkey is None:
        return None
    handles = [ceremonies.handle_of(passkey.user), *([""] if user else [])]
    purpose = [str(user.pk)] if user else []
    count = ceremonies.verify_assertion(credential, passkey, *purpose)
    if credential["handle"] not in handles or count is None:
        return None
    unchanged = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count)
    used = unchanged.update(sign_count=count, last_used_at=timezone.now())
    return passkey if used else None


def _removable(user: User, pk: int) -> Passkey:
    """Return a passkey of a user, if the policy allows removing it."""
    passkey: Passkey | None = user.passkeys.filter(pk=pk).first()
    if passkey is None:
        raise SecondFactorError("no_passkey")
    is_last = factors.kinds_of(user) == ["passkey"] and user.passkeys.count() == 1
    if is_last and gate.is_required(user):
        raise SecondFactorError("second_factor_must_stay")
    return passkey


def _check_number(user: User) -> None:
    if user.passkeys.count() >= MAX_PASSKEYS:
        raise SecondFactorError("too_many_passkeys")


def _purpose(user: User) -> list[str]:
    """Return what a new passkey is for, which ends when another second factor is added."""
    return [str(user.pk), *factors.kinds_of(user)]
