"""Views of the pages that list and revoke the sign-ins of the current user."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import ListView, TemplateView

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth import sessions
from session_auth.views import clear_site_data


class SignInsView(ListView[SignIn]):
    """The page that lists the user's sign-ins and marks that of this browser."""

    template_name = "session_auth/sign_ins.html"
    context_object_name = "sign_ins"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[SignIn]:
        return sign_ins.live(cast("User", self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        current = sessions.current_sign_in_id(self.request)
        return super().get_context_data(current=current, **kwargs)


@require_POST
def revoke_sign_in(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    """Revoke one sign-in of the current user.

    Raises:
        Http404: the user has no such live sign-in.
    """
    if not sign_ins.revoke_one(cast("User", request.user), sign_in_id):
        raise Http404
    if sign_in_id == sessions.current_sign_in_id(request):
        return sign_out(request)
    messages.success(request, _("The device was signed out."))
    return redirect("sign_ins")


class SignOutEverywhereView(TemplateView):
    """The page that asks for confirmation, and revokes all sign-ins of the current user."""

    template_name = "session_auth/sign_out_everywhere.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = sign_ins.live(cast("User", self.request.user)).count()
        return super().get_context_data(count=count, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Revoke all sign-ins; with `others`, all except that of this browser."""
        others = "others" in request.POST
        keep = sessions.current_sign_in_id(request) if others else None
        sign_ins.revoke_all(cast("User", request.user), keep=keep)
        if not others:
            return sign_out(request)
        messages.success(request, _("All other devices were signed out."))
        return redirect("sign_ins")


def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and return a redirect to the sign-in page."""
    logout(request)
    return clear_site_data(redirect("login"))
