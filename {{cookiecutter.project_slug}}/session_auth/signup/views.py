"""The sign-up page, and the page that follows it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts.services import verification
from session_auth.signup.forms import SignUpForm
from web.client_info import get_client_info

_EMAIL = "signup_email"


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch"
)
class SignUpView(FormView[SignUpForm]):
    """Sign-up page, whose response does not reveal whether the email address is taken."""

    template_name = "session_auth/signup.html"
    form_class = SignUpForm
    success_url = reverse_lazy("check_email")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the form; redirect users who are signed in."""
        if request.user.is_authenticated:
            return redirect("home")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        # Another account may have the same value in a unique field that the project added.
        try:
            form.save(get_client_info(self.request))
        except ValidationError as error:
            for name, errors in error.message_dict.items():
                form.add_error(name if name in form.fields else None, errors)
            return self.form_invalid(form)
        self.request.session[_EMAIL] = form.cleaned_data["email"]
        return super().form_valid(form)


@method_decorator([login_not_required, never_cache], name="dispatch")
class CheckEmailView(TemplateView):
    """Page that follows sign-up, sends the email again, and does not reveal taken addresses."""

    template_name = "session_auth/check_email.html"
    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A browser can request emails only to the email address that it signed up with.
        if _EMAIL not in request.session:
            return redirect("signup")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(email=self.request.session[_EMAIL], **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send another link if the account is not confirmed, with the same response if it is.

        Raises:
            RateLimitExceededError: too many emails were requested.
        """
        verification.resend(request.session[_EMAIL], client=get_client_info(request))
        messages.success(request, _("If your account is not confirmed yet, we sent another link."))
        return redirect("check_email")
