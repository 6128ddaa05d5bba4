"""Forms that validate input and pass it to a service."""

from typing import Any, cast

from django import forms
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.fields import EmailFormField
from accounts.models import User
from accounts.services import authentication, email_change, passwords
from web.client_info import get_client_info


class SignInForm(auth_forms.AuthenticationForm):
    """Form for the email address and password."""

    username = auth_forms.UsernameField(
        label=_("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid_login": _(
            "Incorrect email or password. If your account is new, first follow the link in the "
            "email that we sent you."
        )
    }

    def clean(self) -> dict[str, Any]:
        # The service applies the same rate limits as the other ways to sign in.
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email is not None and password:
            client = get_client_info(cast("HttpRequest", self.request))
            self.user_cache = authentication.authenticate(email, password, client=client)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data


class PasswordResetForm(forms.Form):
    """Form for the email address that a reset link is sent to."""

    email = EmailFormField(
        label=_("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, request: HttpRequest, **_: Any) -> None:
        """Send a reset link if the email address has an account."""
        passwords.request_reset(self.cleaned_data["email"], client=get_client_info(request))


class ReauthenticationForm(forms.Form):
    """Form for the password of the signed-in user."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.request = request
        self.user = user

    def clean_password(self) -> str:
        """Return the password if it is correct.

        Raises:
            ValidationError: the password is incorrect.
            RateLimitExceededError: there were too many attempts.
        """
        password: str = self.cleaned_data["password"]
        client = get_client_info(self.request)
        if not authentication.reauthenticate(self.user, password, client=client):
            message = _("Incorrect password. Try again.")
            raise ValidationError(message, code="password_incorrect")
        return password


class ChangeEmailForm(ReauthenticationForm):
    """Form for a new email address, with the password to reauthenticate."""

    email = EmailFormField(
        label=_("New email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("email", "password")

    def save(self) -> None:
        """Send a verification link to the new email address."""
        email = self.cleaned_data["email"]
        email_change.request(self.user, email, client=get_client_info(self.request))


class ChangePasswordForm(auth_forms.PasswordChangeForm):
    """Form for the current password and, entered twice, the new one."""

    def __init__(self, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(user, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        client = get_client_info(self.request)
        if not authentication.reauthenticate(self.user, password, client=client):
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return password


class ProfileForm(forms.ModelForm[User]):
    """Form for the fields that users can change without reauthenticating."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Name")}  # noqa: RUF012 - Django's
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}  # noqa: RUF012 - Django's
