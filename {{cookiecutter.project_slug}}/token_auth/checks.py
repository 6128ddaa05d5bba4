"""System checks of signing keys and token settings."""

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
    """Check that signing keys exist, are strong, intact, and not shared (ASVS 11.1.2, 11.2.3).

    The first key must also be able to sign.
    """
    if not settings.JWT_SIGNING_KEYS:
        return [Error("JWT_SIGNING_KEYS is empty.", id="token_auth.E001")]
    errors = [
        Error(f"JWT_SIGNING_KEYS: {kid!r} {problem}", id="token_auth.E002")
        for kid, encoded_key in settings.JWT_SIGNING_KEYS.items()
        if (problem := _problem_with(encoded_key))
    ]
    if not errors and next(iter(keys.keyring().values())).signing is None:
        message = "JWT_SIGNING_KEYS: the first key signs tokens and must not be a public key."
        errors.append(Error(message, id="token_auth.E003"))
    return errors


@register(Tags.security)
def revocation_mode(**_: Any) -> list[Error]:
    """Check that `JWT_REVOCATION` is a known mode."""
    known = (revocation.CACHE, revocation.DATABASE, revocation.NONE)
    if settings.JWT_REVOCATION in known:
        return []
    return [Error(f"JWT_REVOCATION must be one of {', '.join(known)}.", id="token_auth.E004")]


@register(Tags.security)
def reuse_grace(**_: Any) -> list[Error]:
    """Check that `JWT_REUSE_GRACE` is between 0 seconds and a minute."""
    grace = settings.JWT_REUSE_GRACE
    if type(grace) is int and 0 <= grace <= MAXIMUM_REUSE_GRACE:
        return []
    message = f"JWT_REUSE_GRACE is {grace!r}: it must be 0 to {MAXIMUM_REUSE_GRACE} seconds."
    return [Error(message, id="token_auth.E006")]


@register(Tags.security, deploy=True)
def shared_cache(**_: Any) -> list[Error]:
    """Check that all processes share the cache if it holds revocation entries."""
    backend: Any = cache
    backend = backend._connections[backend._alias]  # noqa: SLF001 - the proxy hides its class
    if settings.JWT_REVOCATION == revocation.CACHE and isinstance(
        backend, LocMemCache | DummyCache
    ):
        message = "JWT_REVOCATION is 'cache', but processes do not share the default cache."
        return [Error(message, hint="Set REDIS_URL.", id="token_auth.E005")]
    return []


def _problem_with(encoded_key: str) -> str | None:
    try:
        key = keys.read(encoded_key)
    except keys.UnusableKeyError as error:
        return str(error)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if encoded_key in secrets or key.signing in [str(secret).encode() for secret in secrets]:
        return "is also SECRET_KEY. Generate a separate key."
    return None
