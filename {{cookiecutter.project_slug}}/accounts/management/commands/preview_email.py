"""The command that shows the emails of the service."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts import mail

_SUFFIX = "_subject.txt"
_SAMPLE = {
    "link": "https://example.com/the-link-of-the-email",
    "valid_hours": 24,
    "valid_minutes": 60,
    "device": "Firefox on Linux",
    "ip_address": "192.0.2.1",
    "new_email": "a…@example.com",
}


class Command(BaseCommand):
    """`manage.py preview_email [NAME]`: print an email with sample data, or the names of all."""

    help = "Print an email with sample data. Without a name, list the emails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="the name of the email")
        parser.add_argument("--html", action="store_true", help="print the HTML version")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="such as de")

    def handle(self, *_: Any, **options: Any) -> None:
        names, name = email_names(), options["name"]
        if name is None:
            self.stdout.write("\n".join(names))
            return
        if name not in names:
            message = f"There is no email {name!r}. Emails: {', '.join(names)}."
            raise CommandError(message)
        with translation.override(options["language"]):
            email = mail.render(name, "ada@example.com", **_SAMPLE)
        if options["html"]:
            self.stdout.write(str(email.alternatives[0][0]))
        else:
            self.stdout.write(f"Subject: {email.subject}\n\n{email.body}")


def email_names() -> list[str]:
    """Return the names of all emails, as `accounts.mail.send` takes them."""
    folders = [Path(app.path) / "templates/accounts/mail" for app in apps.get_app_configs()]
    names = {path.name for folder in folders for path in folder.glob(f"*{_SUFFIX}")}
    return sorted(name.removesuffix(_SUFFIX) for name in names)
