"""The command that deletes expired and revoked sign-ins."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.cleanup import clean_up


class Command(BaseCommand):
    """`manage.py clean_up`: delete obsolete rows; schedule it daily (ASVS 14.2.7).

    It can run while the service handles requests: no statement deletes more rows than a batch,
    each batch is committed separately, and a deleted sign-in cannot become valid again.
    """

    help = "Delete sign-ins that expired or were revoked a while ago, and other obsolete rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--keep-days",
            type=int,
            default=30,
            help="days to keep expired and revoked sign-ins, by which new devices are recognized",
        )
        parser.add_argument(
            "--batch",
            type=int,
            default=1000,
            help="maximum number of rows to delete in one statement",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["keep_days"] < 0 or options["batch"] < 1:
            message = "--keep-days must be 0 or more, and --batch 1 or more."
            raise CommandError(message)
        keep = timedelta(days=options["keep_days"])
        for description in clean_up(keep=keep, batch=options["batch"]):
            self.stdout.write(f"Deleted {description}.")
