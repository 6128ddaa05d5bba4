"""The language of responses."""

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

# Outside of the API and the pages, so that every project has it.
PATH = "/.well-known/security.txt"


@pytest.mark.parametrize(("asked", "language"), [("de", "de"), ("de-CH, en", "de"), ("tlh", "en")])
def test_response_has_the_language_that_the_client_asks_for(
    db: None, settings: Settings, asked: str, language: str
) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    response = Client().get(PATH, headers={"Accept-Language": asked})

    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]
    assert translation.get_language() == "en"
    assert Client().get(PATH)["Content-Language"] == "en"
