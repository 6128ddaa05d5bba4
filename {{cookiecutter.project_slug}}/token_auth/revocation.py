"""The short-lived marks that end access tokens together with their sign-in.

An access token is verified without the database. What it cannot know by itself, that its sign-in
has ended since, stands in the shared cache for as long as such a token can live.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog
from django.core.cache import cache
from rest_framework_simplejwt.settings import api_settings

from accounts.services import sign_ins

log = structlog.get_logger(__name__)


def mark(sign_in_ids: Iterable[UUID]) -> None:
    """Make every node refuse the access tokens of these sign-ins from now on."""
    timeout = int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    try:
        cache.set_many({_key(sign_in_id): 1 for sign_in_id in sign_in_ids}, timeout)
    except Exception:
        # The rows are written already, and while the cache is away the rows are asked.
        log.exception("revocation_marks_not_written")


def is_revoked(sign_in_id: UUID) -> bool:
    """Return whether the sign-in has ended; without a cache the database is asked."""
    try:
        return cache.get(_key(sign_in_id)) is not None
    except Exception:
        log.exception("revocation_marks_not_read")
        return sign_ins.find_live(sign_in_id) is None


def _key(sign_in_id: UUID) -> str:
    return f"sign-in-ended:{sign_in_id}"
