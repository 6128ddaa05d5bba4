"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest


def site(_: HttpRequest) -> dict[str, str]:
    """Give templates the name of the site."""
    return {"site_name": settings.SITE_NAME}
