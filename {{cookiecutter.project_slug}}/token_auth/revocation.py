"""Revocation of access tokens together with their sign-in.

Access tokens are verified without the database. When a sign-in is revoked, a revocation entry in
the shared cache rejects its access tokens for as long as they could be valid.

The cache can lose entries. It therefore also stores a revocation epoch, which every access token
contains. While the cache still has the epoch of a token, it also has every entry written since the
token was issued. The sign-in of a token from another epoch is looked up in the database.
"""

from collections.abc import Iterable
from secrets import token_urlsafe
from uuid import UUID

import structlog
from django.conf import settings
from django.core.cache import cache
from rest_framework_simplejwt.settings import api_settings

from accounts.models import User
from accounts.services import sign_ins
from token_auth.signing import leeway

log = structlog.get_logger(__name__)

CACHE, DATABASE, NONE = "cache", "database", "none"
_EPOCH = "sign-in-marks"
# Seconds that an entry outlives the last access token, because a request that started before the
# revocation may still issue one.
_MARGIN = 60


class RevocationStore:
    """Revocation entries in the shared cache, one for each revoked sign-in.

    If the cache was unreachable, entries may be missing. A new epoch starts as soon as it is back.
    """

    def __init__(self) -> None:
        self.needs_new_epoch = False

    def epoch(self) -> str:
        """Return the current epoch, or an empty string if the cache is unreachable."""
        try:
            self._start_epoch_if_needed()
            return str(cache.get_or_set(_EPOCH, _new_epoch, timeout=None))
        except Exception:
            log.exception("revocation_epoch_not_read")
            self.needs_new_epoch = True
            return ""

    def revoke(self, sign_in_ids: Iterable[UUID]) -> None:
        """Store entries that make every process reject the access tokens of these sign-ins."""
        valid_for = api_settings.ACCESS_TOKEN_LIFETIME + leeway()
        timeout = int(valid_for.total_seconds()) + _MARGIN
        try:
            cache.set_many({_key(sign_in_id): 1 for sign_in_id in sign_in_ids}, timeout)
        except Exception:
            # The database already has the revocation and is read while the cache is unreachable.
            log.exception("revocation_entries_not_written")
            self.needs_new_epoch = True

    def is_revoked(self, sign_in_id: UUID, epoch: str) -> bool | None:
        """Return whether a sign-in is revoked, or None if the database must be read.

        Args:
            sign_in_id: the token's `sid`.
            epoch: the token's `epoch`; empty if it was issued while the cache was unreachable.
        """
        try:
            self._start_epoch_if_needed()
            entries = cache.get_many([_key(sign_in_id), _EPOCH])
        except Exception:
            log.exception("revocation_entries_not_read")
            self.needs_new_epoch = True
            return None
        if _key(sign_in_id) in entries:
            return True
        return False if epoch and entries.get(_EPOCH) == epoch else None

    def _start_epoch_if_needed(self) -> None:
        if self.needs_new_epoch:
            cache.set(_EPOCH, _new_epoch(), timeout=None)
            self.needs_new_epoch = False


store = RevocationStore()


def epoch() -> str:
    """Return the current revocation epoch, or an empty string if there is none."""
    return store.epoch() if settings.JWT_REVOCATION == CACHE else ""


def revoke(sign_in_ids: Iterable[UUID]) -> None:
    """Reject the access tokens of these sign-ins from now on."""
    if settings.JWT_REVOCATION == CACHE:
        store.revoke(sign_in_ids)


def resolve_user(user_id: UUID, sign_in_id: UUID, epoch: str) -> User | None:
    """Return the user of an access token, or None if it was revoked or belongs to another user.

    If the cache has the answer, do not query the user: the fields load on first access.

    Args:
        user_id: the token's `sub`.
        sign_in_id: the token's `sid`.
        epoch: the token's `epoch`.
    """
    revoked: bool | None = None
    if settings.JWT_REVOCATION == NONE:
        revoked = False
    elif settings.JWT_REVOCATION == CACHE:
        revoked = store.is_revoked(sign_in_id, epoch)
    if revoked is not None:
        return None if revoked else User.from_db("default", ["id"], [user_id])
    sign_in = sign_ins.find_live(sign_in_id)
    if sign_in is None or sign_in.user_id != user_id:
        return None
    return sign_in.user


def _new_epoch() -> str:
    return token_urlsafe(6)


def _key(sign_in_id: UUID) -> str:
    return f"sign-in-ended:{sign_in_id}"
