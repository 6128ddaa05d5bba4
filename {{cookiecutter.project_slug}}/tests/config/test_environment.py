from collections.abc import Callable
from secrets import token_hex, token_urlsafe

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from environs import ValidationError

from config.settings import environment


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_complete_environment_is_sealed() -> None:
    environment.seal(environment.Env(eager=False))


@pytest.mark.parametrize(
    "value",
    ["x" * 49, "x" * 60, "k3" * 40, "development-" + "x" * 60, "django-insecure-" + "x" * 60],
)
def test_weak_secrets(value: str) -> None:
    with pytest.raises(ValidationError):
        environment.strong_secret(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "example.com",
        "http://example.com",
        "https://",
        "https://a.com/",
        "https://a.com/x",
        "https://a.com?x",
        "https://a.com:port",
        "https://user@a.com",
        "https://*.a.com",
        "https://a.com\n",
        "https://A.com",
    ],
)
def test_bad_origins(value: str) -> None:
    for written in (value, [value], ["https://example.com", value]):
        with pytest.raises(ValidationError):
            environment.https_origin(written)


@pytest.mark.parametrize(
    "value", [[], ["*"], ["*.a.com"], [".a.com"], ["a.com", ""], ["a.com:80"], ["http://a.com"]]
)
def test_bad_hosts(value: list[str]) -> None:
    with pytest.raises(ValidationError):
        environment.exact_hosts(value)


@pytest.mark.parametrize("value", ["", "smtp+tls://host", "http://host", "host"])
def test_bad_mail_servers(value: str) -> None:
    with pytest.raises(ValidationError):
        environment.mail_url(value)


@pytest.mark.parametrize("value", [["10.0.0.1/8"], ["proxy"], ["10.0.0.0/8", ""]])
def test_bad_networks(value: list[str]) -> None:
    with pytest.raises(ValidationError, match="must be networks"):
        environment.networks(value)


def test_good_values() -> None:
    environment.networks(["10.0.0.7", "10.0.0.0/8", "fd00::/8"])
    environment.strong_secret("the secret key of a service, which is just long enough")
    environment.https_origin("https://example.com:8443")
    environment.https_origin(["https://example.com", "https://example.org"])
    environment.https_origin([])
    environment.exact_hosts(["example.com"])
    environment.mail_url("submission://user:password@host:587")


@pytest.mark.parametrize(
    "make", [lambda: token_hex(25), lambda: token_urlsafe(64), get_random_secret_key]
)
def test_random_secret_is_strong(make: Callable[[], str]) -> None:
    """E16: no way to make a secret is refused by chance."""
    for _ in range(200):
        environment.strong_secret(make())


def test_a_cache_is_shared_when_there_is_a_server() -> None:
    assert environment.cache("")["BACKEND"].endswith("LocMemCache")
    assert environment.cache("redis://host/1")["LOCATION"] == "redis://host/1"


def test_keys_in_redis_have_a_prefix() -> None:
    """E12: services that share a Redis shared their rate limits."""
    assert environment.cache("redis://host/1")["KEY_PREFIX"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("submission://user:p%40ss@host:587", {"host", 587, "user", "p@ss", True}),
        ("smtp://host:465/?ssl=true", {"host", 465, True}),
        ("smtp://host:25", {"host", 25}),
    ],
)
def test_mail_servers(url: str, words: set[object]) -> None:
    assert all(repr(word) in repr(environment.mail_settings(url)) for word in words)


def test_an_option_whose_package_is_missing() -> None:
    environment.needs("json", "extra")("value")
    with pytest.raises(ValidationError, match="the extra `figures` has it"):
        environment.needs("no_such_package", "figures")("value")
