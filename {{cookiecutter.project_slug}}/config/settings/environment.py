"""Environment variables: validation rules and a common error report."""

import re
import zlib
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_network
from itertools import pairwise
from typing import Any, cast
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
import environs
from django.core import exceptions
from environs import EnvValidationError, ValidationError
from psycopg import ProgrammingError, conninfo

MINIMUM_SECRET_LENGTH = 50
# Random text of that length compresses to 48 bytes or more, a repeated pattern to 25 or less.
MINIMUM_COMPRESSED_SECRET = 40
MAIL_TIMEOUT_SECONDS = 10
# A host name or an IP address.
HOST = r"([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])"
# An email address. Compiling the patterns of Django's validator would double the time to read the
# settings.
SENDER = r"[\w.!#$%&'*+/=?^`{|}~-]+@" + HOST
# Options of a database URL that Django reads and does not pass to PostgreSQL.
DJANGO_DATABASE_OPTIONS = {"assume_role", "isolation_level", "server_side_binding"}


class Env(environs.Env):
    """Environment variables; empty ones count as unset."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        return super()._get_value(env_key, default) or default


def seal(env: environs.Env) -> None:
    """Report all missing and invalid variables that were read from `env`.

    Raises:
        ImproperlyConfigured: with one line for each of these variables.
    """
    # Some servers mount a service below the path in this variable. This service would then send
    # wrong links, and share its cookies with all other services of the host.
    env.str("SCRIPT_NAME", "", validate=root_of_host)
    try:
        env.seal()
    except EnvValidationError as error:
        found = cast("Mapping[str, list[str]]", error.error_messages)
        faults = [f"  {name}: {' '.join(messages)}" for name, messages in sorted(found.items())]
        message = "\n".join(["The environment is not complete:", *faults])
        raise exceptions.ImproperlyConfigured(message) from None


def strong_secret(value: str | list[str]) -> None:
    """Reject secrets that are short, repetitive or made for development.

    Args:
        value: one secret, or a list of them.

    Raises:
        ValidationError: if a secret is too weak.

    Source: ASVS 11.2.3.
    """
    for secret in [value] if isinstance(value, str) else value:
        if secret.startswith(("development-", "django-insecure-")):
            message = "is a development value; make a new one for production."
            raise ValidationError(message)
        if len(secret) < MINIMUM_SECRET_LENGTH:
            message = f"must have at least {MINIMUM_SECRET_LENGTH} characters."
            raise ValidationError(message)
        not_repetitive(secret)


def not_repetitive(secret: str) -> None:
    """Reject a secret that has few different characters, repeats a pattern or is a sequence."""
    raw = secret.encode()
    steps = bytes((following - each) % 256 for each, following in pairwise(raw))
    if min(len(zlib.compress(text, 9)) for text in (raw, steps)) < MINIMUM_COMPRESSED_SECRET:
        message = "is too easy to guess; make a random one."
        raise ValidationError(message)


# {% if cookiecutter.auth != "session" %}
def strong_keys(value: str) -> None:
    """Reject signing keys, written as `kid:key[,kid:key]`, if one is repetitive."""
    for pair in value.split(","):
        not_repetitive(pair.partition(":")[2])


# {% endif %}
def https_origin(value: str | list[str]) -> None:
    """Accept only `https://host[:port]` as browsers write it, or a list of such origins."""
    for origin in [value] if isinstance(value, str) else value:
        if not re.fullmatch(rf"https://{HOST}(:[0-9]+)?", origin):
            message = "must look like https://host in lower case, with no path and no final slash."
            raise ValidationError(message)


def cache(redis_url: str) -> dict[str, Any]:
    """Return the settings of a shared cache, or of a local one if `redis_url` is empty.

    A Redis that does not respond within a second counts as unreachable, so that requests do not
    wait for it. The prefix separates the keys from those of other services on the same server.
    """
    if not redis_url:
        return {"BACKEND": "web.caches.LocMemCache"}
    return {
        "BACKEND": "web.caches.RedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "{{ cookiecutter.project_slug }}",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


def mail_url(value: str) -> None:
    """Reject an unknown scheme, with which dj-email-url sends nothing or sends without TLS."""
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
    """Return Django's email settings for a mail server.

    Args:
        url: `submission://user:<password>@host:587` for STARTTLS, `smtp://host:465/?ssl=true` for
            TLS, `smtp://host:25` in plain, `console:` to print, and
            `backend://anymail.backends.postmark.EmailBackend` for an email backend, such as one
            that uses the API of a provider.
    """
    scheme, _, backend = url.partition("://")
    parsed = dj_email_url.parse("console:" if scheme == "backend" else url)
    if scheme == "backend":
        parsed["EMAIL_BACKEND"] = backend
    settings: dict[str, Any] = {}
    # {% if cookiecutter.django_version == "5.2" %}
    settings |= {**parsed, "EMAIL_TIMEOUT": MAIL_TIMEOUT_SECONDS}
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


def sender(value: str) -> None:
    """Reject a sender that is neither `host@example.com` nor `Name <host@example.com>`."""
    message = "must be an email address, as name@host or Name <name@host>."
    if not value.isprintable():
        raise ValidationError(message)
    if not re.fullmatch(SENDER, parseaddr(value)[1].lower()):
        raise ValidationError(message)


def postgresql(url: str) -> None:
    """Reject a database URL that is not for PostgreSQL or has an unknown option."""
    try:
        parsed = dj_database_url.parse(url)
    except ValueError as error:
        raise ValidationError(str(error)) from None
    if parsed["ENGINE"] != "django.db.backends.postgresql" or not parsed["NAME"]:
        message = "must look like postgres://user:<password>@host:5432/name."
        raise ValidationError(message)
    options = postgresql_settings(url)["OPTIONS"]
    if not isinstance(options.pop("pool"), dict | bool):
        message = "pool must be true or false."
        raise ValidationError(message)
    try:
        conninfo.make_conninfo(
            **{name: options[name] for name in options.keys() - DJANGO_DATABASE_OPTIONS}
        )
    except ProgrammingError as error:
        message = f"{str(error).strip()}."
        raise ValidationError(message) from None
    if str(options.get("sslmode")).startswith("verify-") and not options.get("sslrootcert"):
        message = "sslmode=verify-... needs sslrootcert=system, or the path of a certificate."
        raise ValidationError(message)


def postgresql_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL database.

    Args:
        url: `postgres://user:<password>@host:5432/name?option=value`. The options are those of
            libpq and two more: `pool=false` opens a connection for each request instead of
            keeping some, and `disable_server_side_cursors=true` suits PgBouncer in transaction
            mode.
    """
    settings = cast("dict[str, Any]", dj_database_url.parse(url))
    options = settings.setdefault("OPTIONS", {})
    # A pool replaces Django's persistent connections. It checks a connection before it returns it,
    # because a PostgreSQL that restarted has closed them all.
    settings["CONN_MAX_AGE"] = 0
    settings["CONN_HEALTH_CHECKS"] = True
    settings["DISABLE_SERVER_SIDE_CURSORS"] = options.pop("disable_server_side_cursors", False)
    if options.setdefault("pool", True) is True:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return settings


def development_database(url: str) -> dict[str, Any]:
    """Return Django's settings for a development database, usually SQLite.

    In SQLite, writers wait for each other instead of failing, and readers do not wait.
    """
    settings = cast("dict[str, Any]", dj_database_url.parse(url))
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            **settings.get("OPTIONS", {}),
        }
    return settings


def database_url(value: str) -> None:
    """Reject a value that is not a database URL."""
    try:
        dj_database_url.parse(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def needs(module: str, extra: str) -> Callable[[object], None]:
    """Return a rule that rejects any value if an optional package is not installed.

    Args:
        module: name of the module to import.
        extra: the extra of `pyproject.toml` that contains the package.
    """

    def check(_: object) -> None:
        if find_spec(module) is None:
            message = f"needs a package that is not installed: the extra `{extra}` has it."
            raise ValidationError(message)

    return check


def exact_hosts(value: list[str]) -> None:
    """Reject an empty list, patterns such as `*` or `.example.com`, and hosts with a port."""
    if not all(re.fullmatch(HOST, host.lower()) for host in value or [""]):
        message = "must be a comma-separated list of exact host names, without ports."
        raise ValidationError(message)


def networks(value: list[str]) -> None:
    """Reject a list with an item that is not an IP network such as `10.0.0.0/8`."""
    try:
        for network in value:
            ip_network(network)
    except ValueError as error:
        message = f"must be networks such as 10.0.0.0/8: {error}."
        raise ValidationError(message) from None


def root_of_host(_: str) -> None:
    """Reject any path below which the service would be mounted."""
    message = "must not be set: this service needs a host name of its own, without a path."
    raise ValidationError(message)
