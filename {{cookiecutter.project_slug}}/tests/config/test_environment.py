"""Validators and parsers of environment variables."""

from collections.abc import Callable
from string import ascii_letters, digits, printable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import ValidationError

from config.settings import environment


def test_all_errors_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORT", "x")
    env = environment.Env(eager=False)
    env.str("MISSING")
    env.str("SHORT", validate=environment.strong_secret)
    with pytest.raises(ImproperlyConfigured) as failure:
        environment.seal(env)
    assert str(failure.value).splitlines() == [
        "The environment is not complete:",
        "  MISSING: Environment variable not set.",
        "  SHORT: must have at least 50 characters.",
    ]
    environment.seal(environment.Env(eager=False))


WEAK = [
    *("x" * 49, "x" * 60, "k3" * 40, "development-" + "x" * 60, "django-insecure-" + "x" * 60),
    # Sequences do not repeat, but the steps from one character to the next do.
    *(ascii_letters + digits, (ascii_letters + digits)[::-1], printable[:94:2] * 2),
    "abcdefgh" * 8 + "ij",
]
ORIGINS = [
    *("", "example.com", "http://example.com", "https://", "https://*.a.com", "https://A.com"),
    *("https://a.com/", "https://a.com/x", "https://a.com?x", "https://a.com:port"),
    *("https://user@a.com", "https://a.com\n"),
]
HOSTS: list[list[str]] = [
    *(["*"], ["*.a.com"], [".a.com"], ["a.com", ""], ["a.com:80"], ["http://a.com"]),
    [],
]
INVALID: list[tuple[Callable[[Any], object], Any]] = [
    *((environment.strong_secret, value) for value in WEAK),
    *((environment.https_origin, value) for value in ORIGINS),
    *((environment.https_origin, ["https://example.com", value]) for value in ORIGINS),
    *((environment.exact_hosts, value) for value in HOSTS),
    *((environment.mail_url, value) for value in ("", "smtp+tls://host", "http://host", "host")),
    *((environment.networks, value) for value in (["10.0.0.1/8"], ["proxy"], ["10.0.0.0/8", ""])),
]


@pytest.mark.parametrize(("validate", "value"), INVALID)
def test_invalid_value_is_rejected(validate: Callable[[Any], object], value: object) -> None:
    """E16."""
    with pytest.raises(ValidationError):
        validate(value)


def test_valid_values_are_accepted() -> None:
    environment.networks(["10.0.0.7", "10.0.0.0/8", "fd00::/8"])
    environment.strong_secret("the secret key of a service, which is just long enough")
    environment.https_origin("https://example.com:8443")
    environment.https_origin(["https://example.com", "https://example.org"])
    environment.https_origin([])
    environment.exact_hosts(["example.com"])
    environment.mail_url("submission://user:password@host:587")


def test_options_in_the_url_of_a_database_win() -> None:
    """E18: SQLite with what a developer asks for."""
    database = environment.development_database("sqlite:///x?timeout=1")
    assert database["OPTIONS"]["timeout"] == 1
    assert "OPTIONS" not in environment.development_database("postgres://user@host/name")


def test_cache_is_shared_if_there_is_a_server() -> None:
    """E12: services that share a Redis shared their rate limits; keys have a prefix."""
    assert environment.cache("")["BACKEND"].endswith("LocMemCache")
    found = environment.cache("redis://host/1")
    assert found["LOCATION"] == "redis://host/1"
    assert found["KEY_PREFIX"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("submission://user:p%40ss@host:587", {"host", 587, "user", "p@ss", True}),
        ("smtp://host:465/?ssl=true", {"host", 465, True}),
        ("smtp://host:25", {"host", 25}),
    ],
)
def test_mail_server_is_read_from_its_url(url: str, words: set[object]) -> None:
    assert all(repr(word) in repr(environment.mail_settings(url)) for word in words)


def test_option_whose_package_is_missing_is_rejected() -> None:
    environment.needs("json", "extra")("value")
    with pytest.raises(ValidationError, match="the extra `figures` has it"):
        environment.needs("no_such_package", "figures")("value")
