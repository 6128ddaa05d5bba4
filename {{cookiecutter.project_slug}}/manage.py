#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command given on the command line, with development settings by default."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    # The server that reloads itself has said it before.
    if sys.argv[1:2] in (["migrate"], ["runserver"]) and "RUN_MAIN" not in os.environ:
        _name_database()
    execute_from_command_line(sys.argv)


def _name_database() -> None:
    """Print where a command is about to work: a variable in the shell may be another project's."""
    if settings.DEBUG:
        found = settings.DATABASES["default"]
        place = found.get("HOST", "") and f"{found['HOST']}:{found['PORT'] or 'default port'}, "
        engine = found["ENGINE"].rpartition(".")[2]
        print(f"Database: {engine}, {place}{found['NAME']}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
