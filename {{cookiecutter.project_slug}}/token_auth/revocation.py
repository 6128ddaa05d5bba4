"""What ends access tokens together with their sign-in.

An access token is verified without the database. What it cannot know by itself, that its sign-in
has ended since, stands in the shared cache for as long as such a token can live.

A cache can lose what it held. So it also holds the name of a generation, which every access token
carries: as long as the cache has the generation of a token, it has all that was marked since the
token was made. A token of another generation is looked up in the database.
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

log = structlog.get_logger(__name__)

CACHE, DATABASE, NONE = "cache", "database", "none"
_GENERATION = "sign-in-marks"
# A mark outlives the last access token by as much, in seconds: one may be made by a request that
# had begun before the end of the sign-in.
_MARGIN = 60
# A process that could not write a mark, or could not read, opens a new generation when it can.
_gap = False


def generation() -> str:
    """Return the present generation of marks, or nothing where none are kept."""
    if settings.JWT_REVOCATION != CACHE:
        return ""
    try:
        _close_gap()
        return str(cache.get_or_set(_GENERATION, _new_generation, timeout=None))
    except Exception:
        log.exception("generation_not_read")
        _open_gap()
        return ""


def mark(sign_in_ids: Iterable[UUID]) -> None:
    """Make every node refuse the access tokens of these sign-ins from now on."""
    if settings.JWT_REVOCATION != CACHE:
        return
    timeout = int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds()) + _MARGIN
    try:
        cache.set_many({_key(sign_in_id): 1 for sign_in_id in sign_in_ids}, timeout)
    except Exception:
        # The rows are written already, and while the cache is away the rows are asked.
        log.exception("revocation_marks_not_written")
        _open_gap()


def user_of(user_id: UUID, sign_in_id: UUID, token_generation: str) -> User | None:
    """Return whose access token it is, unless the sign-in has ended.

    A user who was not looked up is one whose fields load when they are first touched.

    Args:
        user_id: the token's `sub`.
        sign_in_id: the token's `sid`.
        token_generation: the token's `gen`.
    """
    if settings.JWT_REVOCATION == NONE:
        return _unloaded(user_id)
    if settings.JWT_REVOCATION == CACHE:
        try:
            _close_gap()
            found = cache.get_many([_key(sign_in_id), _GENERATION])
        except Exception:
            log.exception("revocation_marks_not_read")
            _open_gap()
            found = {}
        if _key(sign_in_id) in found:
            return None
        if token_generation and found.get(_GENERATION) == token_generation:
            return _unloaded(user_id)
    sign_in = sign_ins.find_live(sign_in_id)
    return sign_in.user if sign_in is not None else None


def _open_gap() -> None:
    global _gap  # noqa: PLW0603 - it is the process that has missed something
    _gap = True


def _close_gap() -> None:
    global _gap  # noqa: PLW0603 - as above
    if _gap:
        cache.set(_GENERATION, _new_generation(), timeout=None)
        _gap = False


def _new_generation() -> str:
    return token_urlsafe(6)


def _unloaded(user_id: UUID) -> User:
    return User.from_db("default", ["id"], [user_id])


def _key(sign_in_id: UUID) -> str:
    return f"sign-in-ended:{sign_in_id}"
