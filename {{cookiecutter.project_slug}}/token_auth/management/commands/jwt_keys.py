"""Keys that sign tokens."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from token_auth import jwks, keys

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")


class Command(BaseCommand):
    """`manage.py jwt_keys generate|list|rotate`: changes nothing, prints what to set."""

    help = "Make a signing key, list those in use, or print how to replace the one that signs."
    # What is wrong with the present keys is what one comes here to mend.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what can be done."""
        parser.add_argument("action", choices=("generate", "list", "rotate"))
        parser.add_argument(
            "--algorithm",
            choices=ALGORITHMS,
            help="of the new key; HS256, or for rotate that of the key that signs now",
        )

    def handle(self, *_: Any, action: str, algorithm: str | None, **__: Any) -> None:
        """Do it."""
        if action == "list":
            self._list()
        elif action == "generate":
            self.stdout.write(_new(algorithm or "HS256"))
        else:
            self._rotate(algorithm)

    def _list(self) -> None:
        for place, (kid, encoded_key) in enumerate(settings.JWT_SIGNING_KEYS.items()):
            try:
                what = keys.read(encoded_key).algorithm
            except keys.KeyFaultError as fault:
                what = str(fault)
            role = "verifies" if place else "signs and verifies"
            self.stdout.write(f"{kid}  {what}  {role}")

    def _rotate(self, algorithm: str | None) -> None:
        old = [f"{kid}:{encoded_key}" for kid, encoded_key in settings.JWT_SIGNING_KEYS.items()]
        try:
            present = list(keys.keyring().values())
        except keys.KeyFaultError as fault:
            message = f"One of the present keys {fault} See jwt_keys list."
            raise CommandError(message) from None
        if not present:
            message = "There is no key to replace. See jwt_keys generate."
            raise CommandError(message)
        new = _new(algorithm or present[0].algorithm)
        longest = api_settings.REFRESH_TOKEN_LIFETIME.days
        self.stdout.write(
            f"1. Let every process know the new key before it signs. Set, and deploy:\n"
            f"   JWT_SIGNING_KEYS={','.join([*old, new])}\n"
            f"2. After {jwks.MAX_AGE} seconds, when others have read it too, let it sign. "
            f"Set, and deploy:\n"
            f"   JWT_SIGNING_KEYS={','.join([new, *old])}\n"
            f"3. After {longest} days, when nothing is left that the old key signed, drop it. "
            f"Set, and deploy:\n"
            f"   JWT_SIGNING_KEYS={new}\n"
            f"If the old key has leaked, do step 3 at once: whoever is signed in by it signs in "
            f"again."
        )


def _new(algorithm: str) -> str:
    return f"{timezone.now():%Y%m%d%H%M%S}:{keys.generate(algorithm)}"
