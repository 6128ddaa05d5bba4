"""The command that creates users to try the service with."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User

_NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra")


class Command(BaseCommand):
    """`manage.py demo_data`: create an administrator and users who share a new password.

    In development only: everyone who can read the terminal knows the password.
    """

    help = "Create users to try the service with, and print their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--users", type=int, default=10, help="number of users besides the administrator"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.DEBUG:
            message = "demo_data creates accounts with a shared password. It needs DEBUG=True."
            raise CommandError(message)
        password = secrets.token_urlsafe(12)
        users = [User(email="admin@example.com", name="Admin", is_staff=True, is_superuser=True)]
        for number in range(options["users"]):
            name = _NAMES[number % len(_NAMES)]
            users.append(User(email=f"user{number + 1}@example.com", name=name))
        with transaction.atomic():
            for user in users:
                _save(user, password)
        emails = f"{users[0].email}, {users[1].email}" if users[1:] else users[0].email
        self.stdout.write(f"Users: {emails}{' …' if users[2:] else ''}\nPassword: {password}")


def _save(user: User, password: str) -> None:
    """Store `user`, or set the new password of the account that an earlier run created."""
    stored = User.objects.filter(email=user.email).first() or user
    stored.email_verified_at = stored.email_verified_at or timezone.now()
    stored.set_password(password)
    stored.save()
