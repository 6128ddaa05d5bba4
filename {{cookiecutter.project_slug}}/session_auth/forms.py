"""The forms of the pages: they check what was typed and pass it to a service."""

from typing import Any, cast

from django import forms
from django.contrib.auth import forms as auth_forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.fields import EmailFormField
from accounts.models import User
from accounts.services import authentication, email_change, passwords
from web.client_info import get_client_info


class SignInForm(auth_forms.AuthenticationForm):
    """E-mail and password."""

    username = auth_forms.UsernameField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid_login": (
            "Incorrect email or password. If your account is new, first follow the link in the "
            "email that we sent you."
        )
    }

    def clean(self) -> dict[str, Any]:
        """Check the credentials through the same gate as every other client."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email is not None and password:
            client = get_client_info(cast("HttpRequest", self.request))
            self.user_cache = authentication.authenticate(email, password, client=client)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data


class AskForResetForm(forms.Form):
    """The address to send a reset link to."""

    email = EmailFormField(
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, request: HttpRequest, **_: Any) -> None:
        """Have the link sent, if the address has an account."""
        passwords.request_reset(self.cleaned_data["email"], client=get_client_info(request))


class ChangeEmailForm(forms.Form):
    """The new address, and the password to show that it is the user who asks."""

    email = EmailFormField(
        label="New email",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Take the user whose address is to change."""
        super().__init__(**kwargs)
        self.request = request
        self.user = user

    def clean_password(self) -> str:
        """Check the password."""
        password: str = self.cleaned_data["password"]
        client = get_client_info(self.request)
        if not authentication.reauthenticate(self.user, password, client=client):
            message = "Incorrect password. Try again."
            raise ValidationError(message, code="password_incorrect")
        return password

    def save(self) -> None:
        """Send the confirmation to the new address."""
        email = self.cleaned_data["email"]
        email_change.request(self.user, email, client=get_client_info(self.request))


class ChangePasswordForm(auth_forms.PasswordChangeForm):
    """The current password and the new one, twice."""

    def __init__(self, request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Take the user whose password is to change."""
        super().__init__(user, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Check the current password through the same gate as at sign-in."""
        password: str = self.cleaned_data["old_password"]
        client = get_client_info(self.request)
        if not authentication.reauthenticate(self.user, password, client=client):
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return password


class ProfileForm(forms.ModelForm[User]):
    """What users may change about themselves without more ado."""

    class Meta:
        model = User
        fields = ("name",)
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}  # noqa: RUF012 - Django's
