"""Models of the second factor of a user."""

from typing import ClassVar

from django.db import models

from accounts.models import User


class Authenticator(models.Model):
    """The app of a user that shows codes (TOTP, RFC 6238)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Encrypted, because the codes are computed from it.
    sealed_secret = models.TextField()
    # The time step of the newest code that was used: it and older codes are no longer valid.
    last_step = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.user)


class AnnouncedReset(models.Model):
    """The removal of a second factor by staff, of which the user has been notified."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    announced_at = models.DateTimeField(auto_now_add=True)
    # A digest of the account; a sign-in changes it, and cancels the removal.
    state = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code that a user can enter once instead of one of the app."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    # The first character of the code, so that one hash is computed for an attempt and not ten.
    number = models.PositiveSmallIntegerField()
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "number"], name="recovery_code_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.number}"
