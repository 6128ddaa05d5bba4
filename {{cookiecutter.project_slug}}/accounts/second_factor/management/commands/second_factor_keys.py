"""The command that encrypts the secrets of all apps with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.second_factor.codes import APP
from accounts.second_factor.models import Authenticator
from accounts.second_factor.sealing import seal, unseal


class Command(BaseCommand):
    """`manage.py second_factor_keys`: encrypt all secrets anew, and list those that are lost."""

    help = "Encrypt all secrets with the first of SECOND_FACTOR_KEYS."

    def handle(self, *_: Any, **__: Any) -> None:
        for row in Authenticator.objects.select_related("user").iterator():
            secret = unseal(APP, row.pk, row.sealed_secret)
            if secret is None:
                self.stdout.write(f"No key decrypts the secret of {row.user.email}.")
                continue
            same = Authenticator.objects.filter(pk=row.pk, sealed_secret=row.sealed_secret)
            same.update(sealed_secret=seal(APP, row.pk, secret))
        self.stdout.write("All other secrets are encrypted with the first key.")
