"""The link between Django's sessions and sign-ins."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import SignIn


class BrowserSession(models.Model):
    """The session of a sign-in. Revoking the sign-in deletes this session."""

    sign_in = models.OneToOneField(
        SignIn, primary_key=True, on_delete=models.CASCADE, related_name="browser_session"
    )
    # Not hashed: the session table holds the same key in plain text, for at least as long.
    session_key = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("browser session")
        verbose_name_plural = _("browser sessions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session_key"], name="browser_session_key_unique")
        ]

    def __str__(self) -> str:
        return f"session of {self.sign_in_id}"
