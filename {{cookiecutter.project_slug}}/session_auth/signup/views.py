"""The sign-up page."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from session_auth.signup.forms import SignUpForm
from web.client_info import get_client_info


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch"
)
class SignUpView(SuccessMessageMixin[SignUpForm], FormView[SignUpForm]):
    """Sign-up page, whose response does not reveal whether the email address is taken."""

    template_name = "session_auth/signup.html"
    form_class = SignUpForm
    success_url = reverse_lazy("login")
    success_message = "Check your email: follow the link that we sent to %(email)s to finish."

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        # Another account may have the same value in a unique field that the project added.
        try:
            form.save(get_client_info(self.request))
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                form.add_error(name if name in form.fields else None, messages)
            return self.form_invalid(form)
        return super().form_valid(form)
