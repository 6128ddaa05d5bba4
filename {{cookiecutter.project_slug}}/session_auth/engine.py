"""Sessions in the database with a copy in the cache, as in Django's `cached_db`."""

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string

KEY_LENGTH = 32


class SessionStore(cached_db.SessionStore):
    """Store that creates a session without looking for others with the same key.

    The database rejects a key that exists, and Django then tries another one.
    """

    def _get_new_session_key(self) -> str:
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
