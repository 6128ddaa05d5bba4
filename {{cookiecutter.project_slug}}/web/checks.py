"""System checks of the deployment."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.checks import Error, Tags, register


@register(Tags.urls)
def check_path(**_: Any) -> list[Error]:
    """Report a service that is mounted below a path."""
    if not settings.FORCE_SCRIPT_NAME:
        return []
    message = "This service cannot run below a path: its cookies belong to the whole host."
    return [Error(message, hint="Give it its own host name.", id="web.E001")]


@register(Tags.staticfiles, deploy=True)
def check_static_files(**_: Any) -> list[Error]:
    """Report static files that have not been collected."""
    read_manifest = getattr(staticfiles_storage, "read_manifest", str)
    if read_manifest() is not None:
        return []
    message = "Static files have not been collected, so pages that use them fail."
    return [Error(message, hint="Run `python manage.py collectstatic`.", id="web.E002")]


@register(Tags.caches)
def check_cache(**_: Any) -> list[Error]:
    """Report a cache that cannot count attempts."""
    if hasattr(cache, "count"):
        return []
    message = "The default cache cannot count attempts, so no password would be accepted."
    hint = "Use a class of web.caches, or give your cache the method `count` of these classes."
    return [Error(message, hint=hint, id="web.E003")]


@register(Tags.files)
def check_email_logo(**_: Any) -> list[Error]:
    """Report a logo for emails that does not exist, because no email could be sent."""
    logo = settings.BRAND.get("email_logo")
    if not logo or Path(settings.BASE_DIR, logo).is_file():
        return []
    message = f"The file {logo} does not exist, so no email could be sent."
    return [Error(message, hint='Correct BRAND["email_logo"].', id="web.E004")]
