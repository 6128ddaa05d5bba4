#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command given on the command line, with development settings by default."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    # The process that `runserver` starts for reloading does not repeat this.
    if sys.argv[1:2] in (["migrate"], ["runserver"]) and "RUN_MAIN" not in os.environ:
        _print_database()
    execute_from_command_line(sys.argv)


def _print_database() -> None:
    """Print the database in use: the shell may have `DATABASE_URL` of another project."""
    if settings.DEBUG:
        database = settings.DATABASES["default"]
        host = database.get("HOST", "")
        server = host and f"{host}:{database['PORT'] or 'default port'}, "
        engine = database["ENGINE"].rpartition(".")[2]
        print(f"Database: {engine}, {server}{database['NAME']}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
