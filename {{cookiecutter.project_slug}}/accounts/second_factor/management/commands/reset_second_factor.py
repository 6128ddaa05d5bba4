"""The command that removes the second factor of a user who has lost it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factor import services
from accounts.second_factor.errors import SecondFactorError


class Command(BaseCommand):
    """`manage.py reset_second_factor EMAIL`: remove it, end all sign-ins, notify the user."""

    help = "Remove the second factor of a user whose identity you have verified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            due_at = services.reset(User.objects.get_by_natural_key(options["email"]))
        except (User.DoesNotExist, SecondFactorError):
            message = "There is no account with this email address and a second factor."
            raise CommandError(message) from None
        if due_at:
            self.stdout.write(
                f"Notified the user. Repeat the command after {due_at:%Y-%m-%d %H:%M} UTC."
            )
        else:
            self.stdout.write("Removed the second factor.")
