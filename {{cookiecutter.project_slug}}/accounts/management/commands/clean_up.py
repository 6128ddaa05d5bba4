"""Housekeeping."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import SignIn
from accounts.services.cleanup import delete_in_batches
from accounts.signals import cleaning_up


class Command(BaseCommand):
    """`manage.py clean_up`: delete what has ended; schedule it daily (ASVS 14.2.7).

    Safe beside traffic: no statement touches more rows than a batch has, each batch is committed
    for itself, and nothing that is deleted can come to life again.
    """

    help = "Delete sign-ins that ended a while ago, and what else has run out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare for how long to keep, and how much to delete at a time."""
        parser.add_argument(
            "--keep-days",
            type=int,
            default=30,
            help="days for which an ended sign-in is kept; new devices are told by them",
        )
        parser.add_argument("--batch", type=int, default=1000, help="rows deleted at a time")

    def handle(self, *_: Any, **options: Any) -> None:
        """Delete, and print how many rows that was."""
        if options["keep_days"] < 0 or options["batch"] < 1:
            message = "--keep-days must be 0 or more, and --batch 1 or more."
            raise CommandError(message)
        before = timezone.now() - timedelta(days=options["keep_days"])
        # A kind that has no limits any more is one that this service has given up.
        given_up = ~Q(kind__in=settings.SIGN_IN_LIMITS)
        ended = SignIn.objects.filter(
            Q(idle_ends_at__lte=before) | Q(revoked_at__lte=before) | given_up
        )
        deleted = delete_in_batches(ended, options["batch"])
        self.stdout.write(f"Deleted {deleted} ended sign-ins.")
        for _receiver, told in cleaning_up.send(sender=SignIn, batch=options["batch"]):
            self.stdout.write(f"Deleted {told}.")
