"""Command that generates, lists and rotates signing keys."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from token_auth import jwks, keys

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")


class Command(BaseCommand):
    """`manage.py jwt_keys generate|list|rotate`, which prints settings and changes nothing."""

    help = "Generate a signing key, list the current keys, or print how to rotate them."
    # The command helps to fix keys that the system checks reject.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("generate", "list", "rotate"))
        parser.add_argument(
            "--algorithm",
            choices=ALGORITHMS,
            help=(
                "algorithm of the new key (default: HS256 for generate, the algorithm of the "
                "current signing key for rotate)"
            ),
        )

    def handle(self, *_: Any, action: str, algorithm: str | None, **__: Any) -> None:
        if action == "list":
            self._list()
        elif action == "generate":
            self.stdout.write(_new(algorithm or "HS256"))
        else:
            self._rotate(algorithm)

    def _list(self) -> None:
        for position, (kid, encoded_key) in enumerate(settings.JWT_SIGNING_KEYS.items()):
            try:
                description = keys.read(encoded_key).algorithm
            except keys.UnusableKeyError as error:
                description = str(error)
            role = "verifies" if position else "signs and verifies"
            self.stdout.write(f"{kid}  {description}  {role}")

    def _rotate(self, algorithm: str | None) -> None:
        old = [f"{kid}:{encoded_key}" for kid, encoded_key in settings.JWT_SIGNING_KEYS.items()]
        try:
            current = list(keys.keyring().values())
        except keys.UnusableKeyError as error:
            message = f"One of the current keys {error} See jwt_keys list."
            raise CommandError(message) from None
        if not current:
            message = "There is no key to rotate. See jwt_keys generate."
            raise CommandError(message)
        new = _new(algorithm or current[0].algorithm)
        longest = api_settings.REFRESH_TOKEN_LIFETIME.days
        self.stdout.write(
            f"1. Add the new key, so that every process can verify with it. Set and deploy:\n"
            f"   JWT_SIGNING_KEYS={','.join([*old, new])}\n"
            f"2. After {jwks.MAX_AGE} seconds, when other services have fetched the new key, sign "
            f"with it. Set and deploy:\n"
            f"   JWT_SIGNING_KEYS={','.join([new, *old])}\n"
            f"3. After {longest} days, when all tokens of the old key have expired, remove it. "
            f"Set and deploy:\n"
            f"   JWT_SIGNING_KEYS={new}\n"
            f"If the old key has leaked, do step 3 immediately. Users with tokens of the old key "
            f"must sign in again."
        )


def _new(algorithm: str) -> str:
    return f"{timezone.now():%Y%m%d%H%M%S}:{keys.generate(algorithm)}"
