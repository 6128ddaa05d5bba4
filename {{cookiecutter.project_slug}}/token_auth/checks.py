"""What must be right before tokens are signed, told by `manage.py check` and every start of it."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import Error, Tags, register

from token_auth import keys, revocation

MAXIMUM_REUSE_GRACE = 60


@register(Tags.security)
def signing_keys(**_: Any) -> list[Error]:
    """Refuse keys that are missing, weak, damaged, shared or public (ASVS 11.1.2, 11.2.3)."""
    found = settings.JWT_SIGNING_KEYS
    if not found:
        return [Error("JWT_SIGNING_KEYS is empty.", id="token_auth.E001")]
    faults = [
        Error(f"JWT_SIGNING_KEYS: {kid!r} {fault}", id="token_auth.E002")
        for kid, encoded_key in found.items()
        if (fault := _fault_of(encoded_key))
    ]
    if not faults and next(iter(keys.keyring().values())).signing is None:
        message = "JWT_SIGNING_KEYS: the first key must sign, and this one is public."
        faults.append(Error(message, id="token_auth.E003"))
    return faults


@register(Tags.security)
def revocation_mode(**_: Any) -> list[Error]:
    """Refuse a way of revoking that there is not."""
    known = (revocation.CACHE, revocation.DATABASE, revocation.NONE)
    if settings.JWT_REVOCATION in known:
        return []
    return [Error(f"JWT_REVOCATION must be one of {', '.join(known)}.", id="token_auth.E004")]


@register(Tags.security)
def reuse_grace(**_: Any) -> list[Error]:
    """Refuse a grace period that is negative or longer than a minute."""
    found = settings.JWT_REUSE_GRACE
    if type(found) is int and 0 <= found <= MAXIMUM_REUSE_GRACE:
        return []
    message = f"JWT_REUSE_GRACE is {found!r}: it must be 0 to {MAXIMUM_REUSE_GRACE} seconds."
    return [Error(message, id="token_auth.E006")]


@register(Tags.security, deploy=True)
def shared_cache(**_: Any) -> list[Error]:
    """Refuse a cache of one process where others have to see what it holds."""
    backend: Any = cache
    backend = backend._connections[backend._alias]  # noqa: SLF001 - the proxy hides its class
    if settings.JWT_REVOCATION == revocation.CACHE and isinstance(
        backend, LocMemCache | DummyCache
    ):
        message = "JWT_REVOCATION is 'cache', and each process has a cache of its own."
        return [Error(message, hint="Set REDIS_URL.", id="token_auth.E005")]
    return []


def _fault_of(encoded_key: str) -> str | None:
    try:
        key = keys.read(encoded_key)
    except keys.KeyFaultError as fault:
        return str(fault)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if encoded_key in secrets or key.signing in [str(secret).encode() for secret in secrets]:
        return "is SECRET_KEY; each has one use."
    return None
