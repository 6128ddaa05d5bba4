"""Encryption of the secrets of apps, with the keys in `settings.SECOND_FACTOR_KEYS`."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(purpose: str, user_id: UUID, secret: str) -> str:
    """Return `secret`, encrypted with the first key for one purpose and user."""
    return _keys().encrypt(json.dumps([purpose, str(user_id), secret]).encode()).decode()


def unseal(purpose: str, user_id: UUID, sealed: str, max_age: int | None = None) -> str | None:
    """Return what `seal` encrypted for the same purpose and user.

    It is None if no key decrypts it, or if it is older than `max_age` seconds.
    """
    try:
        content = json.loads(_keys().decrypt(sealed.encode("utf-8", "replace"), ttl=max_age))
    except InvalidToken:
        return None
    return str(content[2]) if content[:2] == [purpose, str(user_id)] else None


def _keys() -> MultiFernet:
    # The keys are long and random, so a fast hash is enough to derive those of Fernet.
    digests = [sha256(key.encode()).digest() for key in settings.SECOND_FACTOR_KEYS]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
