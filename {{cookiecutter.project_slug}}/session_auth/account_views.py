"""Views of reauthentication, and of pages that require it."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView

from accounts.models import User
from accounts.services import authentication, deletion, export
from session_auth import sessions
from session_auth.forms import ReauthenticationForm
from session_auth.sign_in_views import sign_out

View = Callable[..., HttpResponseBase]


def reauthentication_required(view: View) -> View:
    """Decorate a view that requires a recent authentication (ASVS 7.5.1).

    Others are redirected to a page that asks for the password and then leads back.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if authentication.is_recent(cast("User", request.user)):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path(), reverse("reauthenticate"))

    return wrapped


class ReauthenticateView(RedirectURLMixin, FormView[ReauthenticationForm]):
    """The page that asks for the password and returns to the page in `next`."""

    template_name = "session_auth/reauthenticate.html"
    form_class = ReauthenticationForm
    next_page = "home"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)

    def form_valid(self, form: ReauthenticationForm) -> HttpResponse:
        """Change the session key (ASVS 7.2.4) and redirect."""
        sessions.renew(self.request, form.user)
        return super().form_valid(form)


@method_decorator(reauthentication_required, name="dispatch")
class DeleteAccountView(TemplateView):
    """The page to delete the account."""

    template_name = "session_auth/delete_account.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Delete the account and redirect to the sign-in page, or show why it is not possible."""
        try:
            deletion.delete(cast("User", request.user))
        except deletion.AccountNotDeletedError as error:
            context = self.get_context_data(error=error.message)
            return self.render_to_response(context, status=HTTPStatus.CONFLICT)
        response = sign_out(request)
        messages.success(request, _("Your account was deleted."))
        return response


@require_safe
@reauthentication_required
def export_account(request: HttpRequest) -> HttpResponse:
    """Return the data that is stored about the user, as a file."""
    data = export.export(cast("User", request.user))
    headers = {"Content-Disposition": 'attachment; filename="account.json"'}
    return JsonResponse(data, json_dumps_params={"indent": 2}, headers=headers)
