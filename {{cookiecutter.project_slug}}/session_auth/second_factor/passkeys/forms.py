"""Form for a new passkey."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.second_factor.factors import MAX_LENGTH


class PasskeyForm(forms.Form):
    """Form for a new passkey, whose response a script fills in."""

    code = forms.CharField(max_length=MAX_LENGTH, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("So that you can tell your passkeys apart."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
