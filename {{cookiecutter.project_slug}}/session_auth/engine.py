"""Sessions in the database with a copy in the cache, as in Django's `cached_db`."""

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string

KEY_LENGTH = 32


class SessionStore(cached_db.SessionStore):
    """Store that writes a new session once.

    It looks for no other session with the same key, because the database rejects a key that
    exists. When the key changes, at each sign-in, Django would store the session twice: once
    under the new key, and again with what the request adds to it.
    """

    _is_stored = True

    def cycle_key(self) -> None:
        """Change the key and keep the data; `save` stores them."""
        data = self._session  # type: ignore[attr-defined]  # unknown to the stubs
        previous_key = self.session_key
        if previous_key:
            self.delete(previous_key)
        self._session_key = self._get_new_session_key()
        self._session_cache = data
        self._is_stored, self.modified = False, True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        must_create, self._is_stored = must_create or not self._is_stored, True
        super().save(must_create)

    def _get_new_session_key(self) -> str:
        return get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
