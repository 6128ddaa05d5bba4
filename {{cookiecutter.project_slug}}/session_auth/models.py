"""Which of Django's sessions belongs to which sign-in."""

from typing import ClassVar

from django.db import models

from accounts.models import SignIn


class BrowserSession(models.Model):
    """The session of a sign-in; ending the sign-in deletes the session that is named here."""

    sign_in = models.OneToOneField(
        SignIn, primary_key=True, on_delete=models.CASCADE, related_name="browser_session"
    )
    # As readable as in the table of the sessions themselves, and no longer there than that.
    session_key = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session_key"], name="browser_session_key_unique")
        ]

    def __str__(self) -> str:
        return f"session of {self.sign_in_id}"
