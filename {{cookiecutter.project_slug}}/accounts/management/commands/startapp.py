"""The command that creates an app from the project's own template."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.commands import startapp


class Command(startapp.Command):
    """`manage.py startapp NAME`: Django's command, with `config/app_template` as the default."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(template=str(settings.BASE_DIR / "config" / "app_template"))
