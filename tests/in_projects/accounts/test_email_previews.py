"""Previews of the emails that a project is generated with."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.html import escape
from pytest_django import Settings

from accounts.management.commands.preview_email import email_names

MISSING = "<missing>"


@pytest.mark.parametrize("name", email_names())
@pytest.mark.parametrize("options", [[], ["--html"]], ids=["text", "html"])
def test_preview_knows_every_variable_of_an_email(
    settings: Settings, name: str, options: list[str]
) -> None:
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"OPTIONS": engine["OPTIONS"] | {"string_if_invalid": MISSING}}]
    output = StringIO()
    call_command("preview_email", name, *options, stdout=output)
    brand = settings.BRAND["name"].split()[0]
    assert (escape(brand) if options else brand) in output.getvalue()
    assert MISSING not in output.getvalue()
