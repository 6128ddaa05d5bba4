"""Context processors for all pages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_: HttpRequest) -> dict[str, Any]:
    """Return `settings.BRAND` as `brand`, and its name as `site_name`."""
    return {"brand": settings.BRAND, "site_name": settings.BRAND["name"]}
