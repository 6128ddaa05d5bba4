"""Forms for codes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.second_factor.factors import MAX_LENGTH


class CodeForm(forms.Form):
    """Form for a code of the app."""

    code = forms.CharField(
        label=_("Code"),
        max_length=MAX_LENGTH,
        help_text=_("The 6 digits that your app shows."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class FirstCodeForm(CodeForm):
    """Form for the first code of a new app, with the state of the enrollment."""

    state = forms.CharField(widget=forms.HiddenInput)


class RecoveryCodeForm(forms.Form):
    """Form for a recovery code."""

    code = forms.CharField(
        label=_("Recovery code"),
        max_length=MAX_LENGTH,
        help_text=_("Each recovery code is valid once."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
