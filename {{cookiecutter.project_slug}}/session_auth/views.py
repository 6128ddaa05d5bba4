"""Views of the pages: each validates a form, calls one service and redirects."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView, UpdateView, View

from accounts import email_links
from accounts.models import User
from accounts.services import passwords, rate_limits, sign_ins, verification
from session_auth import forms, sessions
from web.client_info import get_client_info

# A page that sends a signed-in user back to the sign-in page within so many seconds refused them.
_LOOP_WITHIN = 10
_SENT_ON = "sent_on"


class HomeView(TemplateView):
    """The page that users see after signing in."""

    template_name = "session_auth/home.html"


class LoginView(auth_views.LoginView):
    """The sign-in page."""

    template_name = "session_auth/login.html"
    authentication_form = forms.SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Django would use the host name.
        return {**super().get_context_data(**kwargs), "site_name": settings.BRAND["name"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the form; redirect users who are signed in.

        A form that is still open in another tab can sign in another user, so POST does not
        redirect.

        Raises:
            PermissionDenied: the page to redirect to has just sent this user here, because they
                may not see it. Another redirect would be the beginning of a loop.
        """
        if not request.user.is_authenticated:
            return super().get(request, *args, **kwargs)
        target, now = self.get_redirect_url(), timezone.now().timestamp()
        if not target or target.partition("?")[0] == request.path:
            return redirect(self.get_default_redirect_url())
        previous, at = request.session.get(_SENT_ON, ("", 0))
        if target == previous and now - at < _LOOP_WITHIN:
            raise PermissionDenied
        request.session[_SENT_ON] = (target, now)
        return redirect(target)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign the user in, unless the account has changed since the password was checked.

        One transaction stores the session and the sign-in, and waits for the disk only once.
        """
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except sign_ins.SignInRefusedError:
            form.add_error(None, form.get_invalid_login_error())
            return self.form_invalid(form)


class LogoutView(auth_views.LogoutView):
    """The endpoint that signs the user out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return clear_site_data(super().post(request, *args, **kwargs))


class PasswordChangeView(auth_views.PasswordChangeView):
    """The page to change the password, which revokes the user's other sign-ins."""

    template_name = "session_auth/password_change.html"
    form_class = forms.ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Change the password and keep this session, with a new key."""
        passwords.change(form.user, form.cleaned_data["new_password1"])
        sessions.renew(self.request, form.user)
        return redirect("password_change_done")


class PasswordChangeDoneView(auth_views.PasswordChangeDoneView):
    """The page that confirms the change of the password."""

    template_name = "session_auth/password_change_done.html"


class PasswordResetView(auth_views.PasswordResetView):
    """The page to request a password reset link."""

    template_name = "session_auth/password_reset.html"
    form_class = forms.PasswordResetForm  # type: ignore[assignment]  # Django's form sends its own email


class PasswordResetDoneView(auth_views.PasswordResetDoneView):
    """The page that follows a request for a link, the same for all email addresses."""

    template_name = "session_auth/password_reset_done.html"


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """The page to set a new password, reached through a reset link."""

    template_name = "session_auth/password_reset_confirm.html"
    token_generator = email_links.password_reset_tokens

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count invalid links towards the rate limit."""
        response = super().dispatch(request, *args, **kwargs)
        # A redirect moves a valid link from the URL to the session.
        if not self.validlink and not isinstance(response, HttpResponseRedirect):
            rate_limits.record_bad_link(get_client_info(request))
        return response

    def get_user(self, uidb64: str) -> User | None:
        """Return the user of the link, or None for a deactivated user (ASVS 7.4.2)."""
        user: User | None = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password and revoke all sign-ins, without signing the user in."""
        try:
            passwords.reset(
                form.user,
                form.cleaned_data["new_password1"],
                client=get_client_info(self.request),
            )
        except email_links.InvalidLinkError:
            self.validlink = False
            return self.render_to_response(self.get_context_data())
        del self.request.session[auth_views.INTERNAL_RESET_SESSION_TOKEN]
        return redirect("password_reset_complete")


class PasswordResetCompleteView(auth_views.PasswordResetCompleteView):
    """The page that confirms the new password."""

    template_name = "session_auth/password_reset_complete.html"


@method_decorator([login_not_required, never_cache], name="dispatch")
class VerifyEmailView(View):
    """The page that confirms an email address.

    The link opens a page with a button, because email scanners follow links and a GET request must
    not change anything (ASVS 3.5.3).
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Return the page with the button, or an error page for an invalid link."""
        try:
            with rate_limits.following_link(get_client_info(request)):
                email_links.user_and_email_of_verification(token)
        except email_links.InvalidLinkError:
            return self._refuse(request)
        return render(request, "session_auth/verify_email.html", {"valid_link": True})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Confirm the email address and redirect."""
        try:
            client = get_client_info(request)
            verification.verify(token, client=client, keep=sessions.current_sign_in_id(request))
        except email_links.InvalidLinkError:
            return self._refuse(request)
        messages.success(request, _("Your email address is confirmed."))
        return redirect("home" if request.user.is_authenticated else "login")

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        context = {"valid_link": False}
        return render(request, "session_auth/verify_email.html", context, status=400)


class EmailChangeView(SuccessMessageMixin[forms.ChangeEmailForm], FormView[forms.ChangeEmailForm]):
    """The page to change the email address."""

    template_name = "session_auth/email_change.html"
    form_class = forms.ChangeEmailForm
    success_url = reverse_lazy("profile")
    success_message = gettext_lazy("We sent a link to %(email)s. Follow it to finish the change.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "user": self.request.user}

    def form_valid(self, form: forms.ChangeEmailForm) -> HttpResponse:
        """Send the link and, after reauthentication, change the session key (ASVS 7.2.4)."""
        form.save()
        sessions.renew(self.request, cast("User", self.request.user))
        return super().form_valid(form)


class ProfileView(SuccessMessageMixin[forms.ProfileForm], UpdateView[User, forms.ProfileForm]):
    """The page to view and change the profile."""

    template_name = "session_auth/profile.html"
    form_class = forms.ProfileForm
    success_url = reverse_lazy("profile")
    success_message = gettext_lazy("Your profile was saved.")

    def get_object(self, queryset: Any = None) -> User:  # noqa: ARG002 - Django's signature
        return cast("User", self.request.user)


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def brand_css(request: HttpRequest) -> HttpResponse:
    """Return the colors of `settings.BRAND` as a style sheet, which the policy of pages allows."""
    return render(request, "session_auth/brand.css", content_type="text/css")


def clear_site_data(response: HttpResponse) -> HttpResponse:
    """Make the browser delete the data that it stores for this site (ASVS 14.3.1)."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
