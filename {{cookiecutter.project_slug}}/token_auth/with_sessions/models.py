"""The link between sessions and the tokens they were exchanged for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import SignIn


class Exchange(models.Model):
    """The sign-in of a session and that of its tokens, which are revoked together."""

    tokens = models.OneToOneField(
        SignIn, primary_key=True, on_delete=models.CASCADE, related_name="exchange"
    )
    session = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="exchanges")

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")

    def __str__(self) -> str:
        return f"tokens of session {self.session_id}"
