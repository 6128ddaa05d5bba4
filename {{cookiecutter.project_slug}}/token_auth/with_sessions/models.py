"""Which tokens were handed to which session."""

from django.db import models

from accounts.models import SignIn


class Exchange(models.Model):
    """Two sign-ins that end together: that of a session, and that of tokens born of it."""

    tokens = models.OneToOneField(
        SignIn, primary_key=True, on_delete=models.CASCADE, related_name="exchange"
    )
    session = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="exchanges")

    def __str__(self) -> str:
        return f"tokens of session {self.session_id}"
