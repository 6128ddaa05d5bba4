"""Context processors for all pages."""

from django.conf import settings
from django.http import HttpRequest


def site(_: HttpRequest) -> dict[str, str]:
    """Return the name of the site as `site_name`."""
    return {"site_name": settings.SITE_NAME}
