"""Password rules that Django does not bring."""

from typing import Any

from django.core.exceptions import ValidationError


class MaximumLengthValidator:
    """Refuses a password so long that hashing it would be an attack (ASVS 6.2.9, 15.2.2)."""

    def __init__(self, max_length: int = 128) -> None:
        """Take the greatest length in characters."""
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise `ValidationError` when `password` is too long."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Say the rule."""
        return f"Your password can have at most {self.max_length} characters."
