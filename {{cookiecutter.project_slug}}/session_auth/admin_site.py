"""The admin site."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import (
    BadRequest,
    FieldDoesNotExist,
    ObjectDoesNotExist,
    ValidationError,
)
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


class StaffSite(AdminSite):
    """Django's admin site with error pages for signed-in users and for malformed IDs."""

    site_header = site_title = settings.BRAND["name"]

    def admin_view(
        self,
        view: _View,
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> _View:
        """Return `view` for staff only; other users get a page that explains it.

        Raises:
            Http404: the URL contains a value that cannot be an ID, or an object was deleted during
                the request.
            BadRequest: another value is malformed, which Django would report as a server error.
        """
        staff_view = super().admin_view(view, cacheable)

        @wraps(staff_view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                # Django would show the sign-in form again, without saying why.
                context = {"staff_only": True}
                return render(request, "403.html", context, status=HTTPStatus.FORBIDDEN)
            try:
                return staff_view(request, *args, **kwargs)
            except (ObjectDoesNotExist, ValidationError) as error:
                raise Http404 from error
            except (FieldDoesNotExist, OverflowError) as error:
                message = "Invalid value in the request."
                raise BadRequest(message) from error

        return cast("_View", checked)


class StaffSiteConfig(AdminConfig):
    """Django's admin application with our site."""

    default_site = "session_auth.admin_site.StaffSite"
