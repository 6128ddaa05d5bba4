"""Pages of the second factor: each takes a code and calls one service."""

from abc import abstractmethod
from typing import Any, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import RedirectURLMixin, redirect_to_login
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from accounts.models import User
from accounts.second_factor import gate, services
from accounts.second_factor.errors import SecondFactorError
from session_auth import sessions
from session_auth.account_views import reauthentication_required
from session_auth.second_factor.forms import CodeForm, FirstCodeForm, RecoveryCodeForm
from session_auth.second_factor.middleware import TICKET
from web.client_info import get_client_info


class OverviewView(TemplateView):
    """The page with the state of the second factor."""

    template_name = "session_auth/second_factor/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        status = services.status(cast("User", self.request.user))
        return super().get_context_data(status=status, **kwargs)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class CodeView(RedirectURLMixin, FormView[Form]):
    """Base class of the pages that take a code of the app or, with `?recovery=1`, another one."""

    template_name = "session_auth/second_factor/code.html"
    next_page = settings.LOGIN_REDIRECT_URL
    title = gettext_lazy("Confirm your sign-in")
    text = gettext_lazy("Use your second factor to continue.")

    def get_form_class(self) -> type[Form]:
        return RecoveryCodeForm if "recovery" in self.request.GET else CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, text=self.text, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        """Use the code, or show that it is not valid; the middleware handles other errors."""
        try:
            return self.use(form.cleaned_data["code"])
        except SecondFactorError as error:
            if error.code != "invalid_second_factor":
                raise
            form.add_error("code", error.message)
            # No longer of use, and too long to read if a script has filled it in.
            form.data = {name: form.data[name] for name in form.data if name != "code"}
            return self.form_invalid(form)

    @abstractmethod
    def use(self, code: str) -> HttpResponse:
        """Return the response for a code, or raise `SecondFactorError`."""


@method_decorator(login_not_required, name="dispatch")
class VerifyView(CodeView):
    """The page that finishes a held sign-in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gate.user_of_ticket(ticket_of(request), enroll=False)
        return super().get(request, *args, **kwargs)

    def use(self, code: str) -> HttpResponse:
        client = get_client_info(self.request)
        sign_in(self.request, services.verify(ticket_of(self.request), code, client=client))
        return redirect(self.get_success_url())


@method_decorator(login_not_required, name="dispatch")
@method_decorator(transaction.atomic, name="post")
class SetUpView(CodeView):
    """The page that sets up an app, for a signed-in user or that of a held sign-in.

    If the user has a second factor, the page first asks for one of its codes. If the sign-in
    fails, the user must not have an app without recovery codes.
    """

    title = gettext_lazy("Set up an app")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.user = request.user
            return reauthentication_required(super().dispatch)(request, *args, **kwargs)
        if TICKET not in request.session:
            return redirect_to_login(request.get_full_path())
        self.user = gate.user_of_ticket(ticket_of(request), enroll=True)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if services.status(self.user).enabled:
            return super().get(request, *args, **kwargs)
        return self.use("")

    def get_form_class(self) -> type[Form]:
        return FirstCodeForm if "state" in self.request.POST else super().get_form_class()

    def use(self, code: str) -> HttpResponse:
        """Show a new secret, or store that of `state` and show the recovery codes."""
        if "state" not in self.request.POST:
            begun = services.begin_enrollment(
                self.user, code, client=get_client_info(self.request)
            )
            return self._show(begun, FirstCodeForm(initial={"state": begun.state}))
        return self.done(services.finish_enrollment(self.user, self.request.POST["state"], code))

    def done(self, codes: list[str]) -> HttpResponse:
        """Sign in the user of a held sign-in, and show the recovery codes."""
        if self.request.user.is_authenticated:
            sessions.renew(self.request, self.user)
            return _show_codes(self.request, codes)
        sign_in(self.request, self.user)
        return _show_codes(self.request, codes, self.get_success_url())

    def form_invalid(self, form: Form) -> HttpResponse:
        if "state" not in self.request.POST:
            return super().form_invalid(form)
        state = self.request.POST["state"]
        return self._show(services.continue_enrollment(self.user, state), form)

    def _show(self, begun: services.Enrollment, form: Form) -> HttpResponse:
        drawn = segno.make(begun.uri, micro=False).svg_inline(light="#fff", omitsize=True)
        key = " ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4))
        context = self.get_context_data(
            form=form,
            uri=begun.uri,
            key=key,
            qr_code=mark_safe(drawn),  # noqa: S308 - paths that segno has drawn  # nosec B308 B703
        )
        return render(self.request, "session_auth/second_factor/set_up.html", context)


@method_decorator(reauthentication_required, name="dispatch")
class RecoveryCodesView(CodeView):
    """The page that replaces the recovery codes."""

    title = gettext_lazy("New recovery codes")
    text = gettext_lazy("Use your second factor to get new codes. The old ones become invalid.")

    def use(self, code: str) -> HttpResponse:
        user = cast("User", self.request.user)
        codes = services.new_recovery_codes(user, code, client=get_client_info(self.request))
        return _show_codes(self.request, codes)


@method_decorator(reauthentication_required, name="dispatch")
class RemoveView(CodeView):
    """The page that removes the second factor."""

    title = gettext_lazy("Remove your second factor")
    text = gettext_lazy("Without it, your password is enough to sign in.")

    def use(self, code: str) -> HttpResponse:
        user = cast("User", self.request.user)
        services.remove(user, code, client=get_client_info(self.request))
        messages.success(self.request, _("Your second factor was removed."))
        return redirect("second_factor")


def ticket_of(request: HttpRequest) -> str:
    """Return the ticket of a held sign-in, or an empty text."""
    ticket: str = request.session.get(TICKET, "")
    return ticket


def sign_in(request: HttpRequest, user: User) -> None:
    """Sign in a user who has given what the policy asks for, with a new session."""
    request.session.flush()
    with transaction.atomic():
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])


def _show_codes(request: HttpRequest, codes: list[str], target: str = "") -> HttpResponse:
    """Show recovery codes in the response to the form, because they are stored nowhere."""
    context = {"codes": codes, "target": target or reverse("second_factor")}
    return render(request, "session_auth/second_factor/recovery_codes.html", context)
