"""Caches that fail."""

from typing import Any


class AbsentCache:
    """A cache that cannot be reached."""

    def __getattr__(self, _: str) -> Any:
        raise ConnectionError
