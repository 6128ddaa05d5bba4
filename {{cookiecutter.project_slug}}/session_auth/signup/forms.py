"""The sign-up form."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import EmailFormField
from accounts.models import User
from accounts.services import signup
from web.client_info import ClientInfo


class SignUpForm(forms.Form):
    """Form for an email address, an optional name and a password."""

    email = EmailFormField(
        label=_("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        # Password validators compare the password with the email address and the name.
        cleaned = self.cleaned_data
        if "password" in cleaned:
            user = User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def save(self, client: ClientInfo) -> None:
        """Create the account."""
        signup.create_account(**self.cleaned_data, client=client)
