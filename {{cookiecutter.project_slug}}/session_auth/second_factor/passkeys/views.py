"""Pages of passkeys, whose responses are one more kind of code."""

import json
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import ListView, View

from accounts.models import User
from accounts.second_factor import gate
from accounts.second_factor.errors import SecondFactorError
from accounts.second_factor.passkeys import services
from accounts.second_factor.passkeys.models import Passkey
from accounts.user_agents import describe_device
from session_auth.account_views import reauthentication_required
from session_auth.second_factor.passkeys.forms import PasskeyForm
from session_auth.second_factor.views import CodeView, SetUpView, sign_in, ticket_of
from web.client_info import get_client_info


@method_decorator(login_not_required, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class SignInView(RedirectURLMixin, View):
    """The endpoint of the sign-in page for users who sign in with a passkey alone."""

    next_page = settings.LOGIN_REDIRECT_URL

    def get(self, _: HttpRequest) -> HttpResponse:
        """Return request options, which are the same for all users."""
        return JsonResponse(services.request_options(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in with the passkey response in `code`."""
        user = services.sign_in(request.POST.get("code", ""), client=get_client_info(request))
        sign_in(request, user)
        return redirect(self.get_success_url())


@method_decorator(login_not_required, name="dispatch")
class OptionsView(View):
    """The endpoint of the forms that take a passkey response as a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return request options for the signed-in user, or that of a held sign-in.

        Raises:
            PermissionDenied: the sign-in has expired.
        """
        try:
            user = user_of(request)
        except SecondFactorError as error:
            raise PermissionDenied from error
        return JsonResponse(services.request_options(user))


class PasskeysView(ListView[Passkey]):
    """The page that lists the user's passkeys."""

    template_name = "session_auth/second_factor/passkeys/list.html"
    context_object_name = "passkeys"

    def get_queryset(self) -> QuerySet[Passkey]:
        return _passkeys(self.request)


class AddView(SetUpView):
    """The page that adds a passkey, with the steps of setting up an app."""

    title = gettext_lazy("Add a passkey")

    def get_form_class(self) -> type[Form]:
        return PasskeyForm if "name" in self.request.POST else super().get_form_class()

    def use(self, code: str) -> HttpResponse:
        """Show a form that asks for a passkey."""
        client = get_client_info(self.request)
        options = services.begin_registration(self.user, code, client=client)
        form = PasskeyForm(initial={"name": describe_device(client.user_agent)})
        context = self.get_context_data(form=form, creation_options=json.dumps(options))
        return render(self.request, "session_auth/second_factor/passkeys/add.html", context)

    def form_valid(self, form: Form) -> HttpResponse:
        """Store the passkey, or begin with a code."""
        if "name" not in form.cleaned_data:
            return super().form_valid(form)
        return self._finish(form.cleaned_data["code"], form.cleaned_data["name"])

    def form_invalid(self, form: Form) -> HttpResponse:
        if "name" not in self.request.POST:
            return super().form_invalid(form)
        return self._begin_again(_("Enter a name of at most 100 characters."))

    def done(self, codes: list[str]) -> HttpResponse:
        """Return to the list if the user has recovery codes already."""
        response = super().done(codes)
        if codes:
            return response
        messages.success(self.request, _("The passkey was added."))
        return redirect("passkeys")

    def _finish(self, response: str, name: str) -> HttpResponse:
        try:
            return self.done(services.finish_registration(self.user, response, name))
        except SecondFactorError as error:
            return self._begin_again(str(error.message))

    def _begin_again(self, message: str) -> HttpResponse:
        """Show why the passkey was refused, and ask for another, because each is valid once."""
        messages.error(self.request, message)
        return redirect(self.request.get_full_path())


@method_decorator(reauthentication_required, name="dispatch")
class RemovePasskeyView(CodeView):
    """The page that removes a passkey."""

    title = gettext_lazy("Remove a passkey")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        passkey = get_object_or_404(_passkeys(self.request), pk=self.kwargs["pk"])
        text = _("“%(name)s” will no longer sign you in. Delete it on your device, too.")
        text %= {"name": passkey.name}
        return super().get_context_data(**kwargs) | {"text": text}

    def use(self, code: str) -> HttpResponse:
        user = cast("User", self.request.user)
        client = get_client_info(self.request)
        services.remove_passkey(user, self.kwargs["pk"], code, client=client)
        messages.success(self.request, _("The passkey was removed."))
        return redirect("passkeys")


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user, or that of a held sign-in (`SecondFactorError`)."""
    if request.user.is_authenticated:
        return request.user
    return gate.user_of_ticket(ticket_of(request), enroll=False)


def _passkeys(request: HttpRequest) -> QuerySet[Passkey]:
    return cast("User", request.user).passkeys.order_by("pk")
