"""Create an app from the project's own template."""

from typing import Any

from django.conf import settings
from django.core.management.commands import startapp


class Command(startapp.Command):
    """`manage.py startapp NAME`: Django's command, with `config/app_template` as the default."""

    def handle(self, **options: Any) -> None:
        options["template"] = options["template"] or str(
            settings.BASE_DIR / "config" / "app_template"
        )
        super().handle(**options)
