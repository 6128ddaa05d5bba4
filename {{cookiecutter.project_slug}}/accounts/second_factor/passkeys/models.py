"""Models of passkeys."""

from django.db import models

from accounts.models import User


class Passkey(models.Model):
    """The public half of a key on a device of a user (WebAuthn Level 3)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    # In base64url; at most 1023 bytes.
    credential_id = models.CharField(max_length=1364, unique=True)
    public_key = models.BinaryField()
    # Rises with each use, if the device counts. A lower count reveals a copied key.
    sign_count = models.BigIntegerField()
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} {self.name}"
