"""The command that creates an account for another person."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services import staff


class Command(BaseCommand):
    """`manage.py invite_user EMAIL`: create an account whose user chooses the password."""

    help = "Create an account and email its user a link to choose a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="the name of the user")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            user = staff.invite(options["email"], options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except staff.EmailTakenError:
            message = "There is already an account with this email address."
            raise CommandError(message) from None
        self.stdout.write(f"Invited {user.email}.")
