"""The command that deactivates an account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import staff


class Command(BaseCommand):
    """`manage.py deactivate_user EMAIL`: revoke all sign-ins of a user and prevent new ones."""

    help = "Deactivate an account and revoke all of its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["email"])
            staff.deactivate(user)
        except User.DoesNotExist:
            message = "There is no account with this email address."
            raise CommandError(message) from None
        self.stdout.write(f"Deactivated {user.email}.")
