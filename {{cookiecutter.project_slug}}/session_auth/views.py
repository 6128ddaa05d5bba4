"""The pages: a form, one call into a service, a redirect."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.views import SuccessMessageMixin
from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import FormView, ListView, TemplateView, UpdateView, View

from accounts import email_links
from accounts.models import SignIn, User
from accounts.services import passwords, rate_limits, sign_ins, verification
from session_auth import forms, sessions
from web.client_info import get_client_info


class HomeView(TemplateView):
    """The first page after signing in."""

    template_name = "session_auth/home.html"


class LoginView(auth_views.LoginView):
    """Sign in."""

    template_name = "session_auth/login.html"
    authentication_form = forms.SignInForm
    # Django would put the host name under this name.
    extra_context = {"site_name": settings.SITE_NAME}  # noqa: RUF012 - Django's own attribute

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, unless the account has changed since the password was checked.

        In one transaction, because Django's login() also writes to the user, who may be deleted
        meanwhile.
        """
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except sign_ins.SignInRefusedError:
            form.add_error(None, form.get_invalid_login_error())
            return self.form_invalid(form)


class LogoutView(auth_views.LogoutView):
    """Sign out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session."""
        return _leaving_nothing(super().post(request, *args, **kwargs))


class PasswordChangeView(auth_views.PasswordChangeView):
    """Change the password; the other sign-ins of the user end."""

    template_name = "session_auth/password_change.html"
    form_class = forms.ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its request."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the session that made the change, with a new key."""
        passwords.change(form.user, form.cleaned_data["new_password1"])
        sessions.renew(self.request, form.user)
        return redirect("password_change_done")


class PasswordChangeDoneView(auth_views.PasswordChangeDoneView):
    """Say that the password was changed."""

    template_name = "session_auth/password_change_done.html"


class PasswordResetView(auth_views.PasswordResetView):
    """Ask for a reset link."""

    template_name = "session_auth/password_reset.html"
    form_class = forms.AskForResetForm  # type: ignore[assignment]  # Django's would mail by itself


class PasswordResetDoneView(auth_views.PasswordResetDoneView):
    """Say that a link is on its way, if the address has an account."""

    template_name = "session_auth/password_reset_done.html"


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """Set a new password after following a reset link."""

    template_name = "session_auth/password_reset_confirm.html"
    token_generator = email_links.password_reset_tokens

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count links that are not good, which Django answers with a page like any other."""
        response = super().dispatch(request, *args, **kwargs)
        # A redirect moves a valid link from the URL to the session.
        if not self.validlink and not isinstance(response, HttpResponseRedirect):
            rate_limits.record_bad_link(get_client_info(request))
        return response

    def get_user(self, uidb64: str) -> User | None:
        """Return whose link it is; that of a deactivated user is not good (ASVS 7.4.2)."""
        user: User | None = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password; every sign-in of the user ends and none begins."""
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
    """Say that the new password is set."""

    template_name = "session_auth/password_reset_complete.html"


@method_decorator([login_not_required, never_cache], name="dispatch")
class VerifyEmailView(View):
    """Confirm an address.

    Following the link only asks: programs that scan mails follow links as well, and a GET must
    not change anything (ASVS 3.5.3).
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button that confirms."""
        try:
            with rate_limits.following_link(get_client_info(request)):
                email_links.user_and_email_of_verification(token)
        except email_links.InvalidLinkError:
            return self._refuse(request)
        return render(request, "session_auth/verify_email.html", {"valid_link": True})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Confirm."""
        try:
            client = get_client_info(request)
            verification.verify(token, client=client, keep=sessions.current_sign_in_id(request))
        except email_links.InvalidLinkError:
            return self._refuse(request)
        messages.success(request, "Your email address is confirmed.")
        return redirect("home" if request.user.is_authenticated else "login")

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        context = {"valid_link": False}
        return render(request, "session_auth/verify_email.html", context, status=400)


class EmailChangeView(SuccessMessageMixin[forms.ChangeEmailForm], FormView[forms.ChangeEmailForm]):
    """Ask to move to another address."""

    template_name = "session_auth/email_change.html"
    form_class = forms.ChangeEmailForm
    success_url = reverse_lazy("profile")
    success_message = "We sent a link to %(email)s. Follow it to finish the change."

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form its user."""
        return {**super().get_form_kwargs(), "request": self.request, "user": self.request.user}

    def form_valid(self, form: forms.ChangeEmailForm) -> HttpResponse:
        """Send the confirmation; the password was shown again, so the key changes (ASVS 7.2.4)."""
        form.save()
        sessions.renew(self.request, cast("User", self.request.user))
        return super().form_valid(form)


class ProfileView(SuccessMessageMixin[forms.ProfileForm], UpdateView[User, forms.ProfileForm]):
    """See and change what the account says of its user."""

    template_name = "session_auth/profile.html"
    form_class = forms.ProfileForm
    success_url = reverse_lazy("profile")
    success_message = "Your profile was saved."

    def get_object(self, queryset: Any = None) -> User:  # noqa: ARG002 - Django's signature
        """Return the user who is signed in, and never another."""
        return cast("User", self.request.user)


class SignInsView(ListView[SignIn]):
    """List where the user is signed in, and which of these is this browser."""

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
    """End one sign-in of the user who asks; another user's is not found."""
    if not sign_ins.revoke_one(cast("User", request.user), sign_in_id):
        raise Http404
    return _after_ending(request, sign_in_id != sessions.current_sign_in_id(request))


@require_POST
def revoke_all_sign_ins(request: HttpRequest) -> HttpResponse:
    """End every sign-in of the user who asks; with `others`, every one but this."""
    others = "others" in request.POST
    keep = sessions.current_sign_in_id(request) if others else None
    sign_ins.revoke_all(cast("User", request.user), keep=keep)
    return _after_ending(request, others)


def _after_ending(request: HttpRequest, goes_on: bool) -> HttpResponse:  # noqa: FBT001 - of two callers
    if not goes_on:
        logout(request)
        return _leaving_nothing(redirect("login"))
    messages.success(request, "The device was signed out.")
    return redirect("sign_ins")


def _leaving_nothing(response: HttpResponse) -> HttpResponse:
    """Have the browser forget what it keeps for this site (ASVS 14.3.1)."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
