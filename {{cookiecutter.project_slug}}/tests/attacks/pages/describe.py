"""Descriptions of pages in the list of reviewed routes."""

import re
from typing import Any

from django.apps import apps
from django.conf import settings

from tests.attacks.routes import methods

# The apps whose pages in the admin belong to the template.
ADMIN_APPS = {"accounts", "auth"}


def describe(route: str, view: Any) -> tuple[str, str] | None:
    """Return the name of a route with its methods and users; none for the admin of your apps."""
    if hasattr(view, "cls"):
        return None
    found = re.match(rf"{settings.ADMIN_URL}(\w+)/\w+/", route)
    if found and found[1] in apps.app_configs and found[1] not in ADMIN_APPS:
        return "", ""
    name = re.sub(r"\^\(\?P<app_label>[^)]*\)/\$$", "<app_label>/", route) or "(empty)"
    who = "signed in" if getattr(view, "login_required", True) else "everyone"
    if hasattr(view, "admin_site"):
        who = "staff"
    exempt = " | no CSRF check" if getattr(view, "csrf_exempt", False) else ""
    return name, f"{methods(view, getattr(view, 'view_class', None))} | {who}{exempt}"
