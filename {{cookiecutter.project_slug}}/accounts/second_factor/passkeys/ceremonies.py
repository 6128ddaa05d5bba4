"""The ceremonies of WebAuthn: options for clients, and checks of their responses.

A challenge is signed, so that none is stored before a response is valid. It is bound to its
purpose and user, and valid once, for `CHALLENGE_AGE` seconds.
"""

import json
import re
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.core.cache import cache
from django.core.signing import TimestampSigner
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers import options_to_json_dict as as_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.models import User
from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.passkeys.models import Passkey

CHALLENGE_AGE = 5 * 60  # seconds
MAX_ID_LENGTH = 1023  # bytes (WebAuthn section 4)
ASSERTION = ("clientDataJSON", "authenticatorData", "signature")
ATTESTATION = ("clientDataJSON", "attestationObject")
# How an attestation object of the format "none" begins, in the encoding that WebAuthn prescribes
# (section 6.5.4). The parsers of the other formats never see a response.
_NO_ATTESTATION = b"\xa3cfmtdnonegattStmt\xa0hauthData"


def rp_id() -> str:
    """Return the host name that passkeys are bound to."""
    return settings.PASSKEY_RP_ID or urlsplit(settings.PUBLIC_BASE_URL).hostname or ""


def origins() -> list[str]:
    """Return the origins whose pages or apps may use passkeys."""
    return settings.PASSKEY_ORIGINS or [settings.PUBLIC_BASE_URL, settings.MAIL_LINK_ORIGIN]


def request_options(passkeys: Sequence[Passkey], *content: str) -> dict[str, Any]:
    """Return options for `navigator.credentials.get()`, in JSON.

    Args:
        passkeys: the passkeys that are allowed; none allows all.
        *content: what the challenge is for, which `verify_assertion` must get too.
    """
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=_challenge("get", *content),
        timeout=CHALLENGE_AGE * 1000,
        allow_credentials=_descriptors(passkeys),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return as_json(options)


def creation_options(user: User, passkeys: Sequence[Passkey], *content: str) -> dict[str, Any]:
    """Return options for `navigator.credentials.create()`, in JSON.

    Args:
        user: the user. The handle on the device is the random ID, without personal data.
        passkeys: the passkeys that the user has, which the device does not replace.
        *content: what the challenge is for, which `verify_attestation` must get too.
    """
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=settings.BRAND["name"],
        user_id=user.pk.bytes,
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=_challenge("create", *content),
        timeout=CHALLENGE_AGE * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(passkeys),
    )
    return as_json(options)


def read(text: str, fields: Sequence[str]) -> dict[str, Any] | None:
    """Return the credential in a response, or None if it is malformed.

    Args:
        text: the JSON text of `PublicKeyCredential.toJSON()`.
        fields: the names of the fields that the library needs, each in base64url.
    """
    try:
        found = json.loads(text[: MAX_LENGTH + 1])
        content = {name: found["response"][name] for name in fields}
        credential = {name: found[name] for name in ("id", "rawId", "type")}
        handle = found["response"].get("userHandle") or ""
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None
    values = [*content.values(), credential["id"], credential["rawId"], handle or "none"]
    if len(text) > MAX_LENGTH or not all(_is_base64url(value) for value in values):
        return None
    return {**credential, "response": content, "handle": handle}


def handle_of(user: User) -> str:
    """Return the handle of a user in responses."""
    return bytes_to_base64url(user.pk.bytes)


def verify_assertion(credential: dict[str, Any], passkey: Passkey, *content: str) -> int | None:
    """Return the new count of a passkey, or None if the response is not valid."""
    # Hostile responses make the library raise exceptions of many kinds, without a base class. If
    # the cache is unreachable, a response might be used twice, so it is refused too.
    try:
        challenge = _challenge_in(credential, "get", *content)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=origins(),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        return verified.new_sign_count if _is_unused(challenge) else None
    except Exception:  # noqa: BLE001 - as above
        return None


def verify_attestation(credential: dict[str, Any], *content: str) -> VerifiedRegistration | None:
    """Return a new passkey, or None if the response is not valid."""
    try:
        attested = base64url_to_bytes(credential["response"]["attestationObject"])
        challenge = _challenge_in(credential, "create", *content)
        if not attested.startswith(_NO_ATTESTATION):
            return None
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=origins(),
            require_user_verification=True,
        )
        fits = len(verified.credential_id) <= MAX_ID_LENGTH
        return verified if fits and _is_unused(challenge) else None
    except Exception:  # noqa: BLE001 - as in `verify_assertion`
        return None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="accounts.second_factor.passkeys")


def _challenge(*content: str) -> bytes:
    return _signer().sign_object([*content, secrets.token_urlsafe(16)]).encode()


def _challenge_in(credential: dict[str, Any], *content: str) -> bytes:
    """Return the challenge in a response to a page of this service, if it is for `content`."""
    data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    challenge = base64url_to_bytes(data["challenge"])
    found = _signer().unsign_object(challenge.decode(), max_age=CHALLENGE_AGE)
    if found[:-1] != [*content] or data.get("crossOrigin"):
        raise ValueError
    return challenge


def _is_unused(challenge: bytes) -> bool:
    """Return whether a valid challenge is used for the first time."""
    digest = sha256(challenge).hexdigest()
    return bool(cache.add(f"passkey_challenge:{digest}", 1, CHALLENGE_AGE))


def _is_base64url(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Za-z0-9_-]+", value) is not None


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    ids = [base64url_to_bytes(passkey.credential_id) for passkey in passkeys]
    return [PublicKeyCredentialDescriptor(id=credential_id) for credential_id in ids]
