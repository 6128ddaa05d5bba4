"""Rules for what production reads from its environment, and one report of every fault."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any, cast
from urllib.parse import urlsplit

import dj_email_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

MINIMUM_SECRET_LENGTH = 50
MAIL_TIMEOUT_SECONDS = 10


def seal(env: Env) -> None:
    """Report every missing or bad variable that `env` was asked for, all at once.

    Raises:
        ImproperlyConfigured: with one line for each of them.
    """
    try:
        env.seal()
    except EnvValidationError as error:
        found = cast("Mapping[str, list[str]]", error.error_messages)
        faults = [f"  {name}: {' '.join(messages)}" for name, messages in sorted(found.items())]
        message = "\n".join(["The environment is not complete:", *faults])
        raise ImproperlyConfigured(message) from None


def strong_secret(value: str) -> None:
    """Refuse a secret that is short or was made for development (ASVS 11.2.3)."""
    if value.startswith(("development-", "django-insecure-")):
        message = "is a development value; make a new one for production."
        raise ValidationError(message)
    if len(value) < MINIMUM_SECRET_LENGTH:
        message = f"must have at least {MINIMUM_SECRET_LENGTH} characters."
        raise ValidationError(message)


def https_origin(value: str | list[str]) -> None:
    """Refuse anything but `https://host[:port]`, or a list of such."""
    for origin in [value] if isinstance(value, str) else value:
        parts = urlsplit(origin)
        if parts.scheme != "https" or not parts.hostname or origin != f"https://{parts.netloc}":
            message = "must look like https://host, with no path and no final slash."
            raise ValidationError(message)


def cache(redis_url: str) -> dict[str, Any]:
    """Return the cache that processes share, or one of this process alone if `redis_url` is empty.

    A Redis that does not answer within a second counts as down: a request must not wait for it.
    The prefix keeps the keys apart from those of other services that use the same Redis.
    """
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "{{ cookiecutter.project_slug }}",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


def mail_url(value: str) -> None:
    """Refuse a scheme that dj-email-url does not know: it would send nothing, or in plain."""
    scheme, _, backend = value.partition("://")
    if scheme == "backend":
        package, _, name = backend.partition(".")
        if not package.isidentifier() or not name or find_spec(package) is None:
            message = "must name a class of an installed package, as backend://package.Class."
            raise ValidationError(message)
    elif urlsplit(value).scheme not in {"console", "smtp", "submission"}:
        message = "must start with submission:// (STARTTLS), smtp:// or backend://."
        raise ValidationError(message)


def mail_settings(url: str) -> dict[str, Any]:
    """Return Django's mail settings for a mail server.

    Args:
        url: `submission://user:<password>@host:587` for STARTTLS, `smtp://host:465/?ssl=true` for
            TLS, `smtp://host:25` in plain, `console:` to print, and
            `backend://anymail.backends.postmark.EmailBackend` for an email backend, such as one
            that calls the API of a provider.
    """
    scheme, _, backend = url.partition("://")
    parsed = dj_email_url.parse("console:" if scheme == "backend" else url)
    if scheme == "backend":
        parsed["EMAIL_BACKEND"] = backend
    settings: dict[str, Any] = {}
    # {% if cookiecutter.django_version == "5.2" %}
    settings |= {name: value for name, value in parsed.items() if name.startswith("EMAIL_")}
    settings["EMAIL_TIMEOUT"] = MAIL_TIMEOUT_SECONDS
    # {% endif %}
    # {% if cookiecutter.django_version == "6.1" %}
    options = {
        "host": parsed["EMAIL_HOST"],
        "port": parsed["EMAIL_PORT"],
        "username": parsed["EMAIL_HOST_USER"],
        "password": parsed["EMAIL_HOST_PASSWORD"],
        "use_tls": parsed["EMAIL_USE_TLS"],
        "use_ssl": parsed["EMAIL_USE_SSL"],
        "timeout": MAIL_TIMEOUT_SECONDS,
    }
    mailer = {"BACKEND": parsed["EMAIL_BACKEND"], "OPTIONS": options if options["host"] else {}}
    settings["MAILERS"] = {"default": mailer}
    # {% endif %}
    return settings


def needs(module: str, extra: str) -> Callable[[object], None]:
    """Return a rule that refuses any value where an optional package is not installed.

    Args:
        module: what would be imported.
        extra: the extra of `pyproject.toml` that holds the package.
    """

    def check(_: object) -> None:
        if find_spec(module) is None:
            message = f"needs a package that is not installed: the extra `{extra}` has it."
            raise ValidationError(message)

    return check


def exact_hosts(value: list[str]) -> None:
    """Refuse an empty list of host names and patterns such as `*` or `.example.com`."""
    if not value or any(not host or "*" in host or host.startswith(".") for host in value):
        message = "must be a comma-separated list of exact host names."
        raise ValidationError(message)


def networks(value: list[str]) -> None:
    """Refuse what is no list of IP networks, each written as `10.0.0.0/8`."""
    try:
        for network in value:
            ip_network(network)
    except ValueError as error:
        message = f"must be networks such as 10.0.0.0/8: {error}."
        raise ValidationError(message) from None
