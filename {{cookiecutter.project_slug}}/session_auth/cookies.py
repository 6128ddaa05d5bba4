"""From a cookie to a session."""

import re

from django.conf import settings
from django.contrib.sessions import middleware
from django.http import HttpRequest

# The form of every key that Django makes.
_KEY = re.compile(r"[a-z0-9]{32}")


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's own, which asks no store for what can be none of our keys (ASVS 16.5.3).

    A cookie may hold any character in quotes, and PostgreSQL has no text with a NUL in it.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Leave such a cookie out."""
        if not _KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)
