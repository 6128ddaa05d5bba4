"""Development needs nothing; production takes nothing weak."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.production import PRODUCTION_ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent.parent
UNSET = object()
EXPECTED = {
    "DEBUG": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_REFERRER_POLICY": "same-origin",
    "SECURE_PROXY_SSL_HEADER": None,
    "X_FRAME_OPTIONS": "DENY",
    "SEND_MAIL_IN_BACKGROUND": True,
    "FILE_UPLOAD_PERMISSIONS": 0o640,
}


Load = Callable[[str, dict[str, str]], ModuleType]


def test_development_needs_no_variable(load: Load) -> None:
    found = load("development", {})
    assert found.DEBUG is True
    assert found.PUBLIC_BASE_URL == "http://localhost:8000"
    assert found.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found.CACHES["default"]["BACKEND"].endswith("LocMemCache")


def test_production_values(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert {name: getattr(found, name, UNSET) for name in EXPECTED} == EXPECTED
    database = found.DATABASES["default"]
    assert (database["ENGINE"], database["CONN_MAX_AGE"]) == ("django.db.backends.postgresql", 0)
    assert database["OPTIONS"]["pool"]["max_size"] > 1
    assert found.CACHES["default"]["BACKEND"].endswith("RedisCache")
    # Who serves static files need not be who collected them.
    assert found.STORAGES["staticfiles"]["OPTIONS"]["file_permissions_mode"] == 0o644


@pytest.mark.parametrize(("written", "sent"), [(None, True), ("true", True), ("false", False)])
@pytest.mark.parametrize("name", ["development", "production"])
def test_notices_can_be_turned_off(load: Load, name: str, written: str | None, sent: bool) -> None:
    environment = PRODUCTION_ENVIRONMENT if name == "production" else {}
    chosen = {} if written is None else {"SEND_NOTICES": written}
    assert load(name, environment | chosen).SEND_NOTICES is sent


def test_a_proxy_is_believed_only_when_there_is_one(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT | {"TRUSTED_PROXY_COUNT": "1"})
    assert found.SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")


def test_where_proxies_are_can_be_said(load: Load) -> None:
    chosen = {"TRUSTED_PROXY_NETWORKS": "10.0.0.7/32,10.0.0.8/32"}
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert found.TRUSTED_PROXY_NETWORKS == ["10.0.0.7/32", "10.0.0.8/32"]


@pytest.mark.parametrize("uri", ["", "https://reports.example.com/csp"])
def test_breaches_of_the_policy_can_be_reported(load: Load, uri: str) -> None:
    chosen = {"CSP_REPORT_URI": uri} if uri else {}
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert found.CONTENT_SECURITY_POLICY["DIRECTIVES"].get("report-uri", "") == uri


def test_an_email_backend_is_named_by_the_url(load: Load) -> None:
    """F11: such as those of django-anymail, which call the API of a provider."""
    path = "django.core.mail.backends.locmem.EmailBackend"
    found = load("production", PRODUCTION_ENVIRONMENT | {"EMAIL_URL": f"backend://{path}"})
    mailers = getattr(found, "MAILERS", None)
    chosen = mailers["default"] if mailers else {"BACKEND": found.EMAIL_BACKEND}
    assert chosen["BACKEND"] == path
    assert not chosen.get("OPTIONS")


def test_production_names_everything_that_is_missing(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured) as failure:
        load("production", {})
    missing = str(failure.value)
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_BASE_URL", "DATABASE_URL", "REDIS_URL"):
        assert f"  {name}: Environment variable not set." in missing
    for name in ("EMAIL_URL", "DEFAULT_FROM_EMAIL"):
        assert f"  {name}: Environment variable not set." in missing


@pytest.mark.parametrize("name", sorted(PRODUCTION_ENVIRONMENT))
def test_production_names_the_one_that_is_missing(load: Load, name: str) -> None:
    environment = dict(PRODUCTION_ENVIRONMENT)
    del environment[name]
    with pytest.raises(ImproperlyConfigured) as failure:
        load("production", environment)
    told = ["The environment is not complete:", f"  {name}: Environment variable not set."]
    assert str(failure.value).splitlines() == told


@pytest.mark.parametrize(
    "words", [["manage.py", "check"], ["-m", "gunicorn", "--check-config", "config.wsgi"]]
)
def test_whoever_starts_it_is_told_which(words: list[str]) -> None:
    environment = dict(PRODUCTION_ENVIRONMENT)
    del environment["EMAIL_URL"]
    done = start(*words, **environment)
    assert done.returncode != 0
    assert "  EMAIL_URL: Environment variable not set." in done.stderr.splitlines()


def test_errors_are_reported_where_a_dsn_says(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr("monitoring.sentry.initialize", begun.append)
    load("production", PRODUCTION_ENVIRONMENT)
    assert begun == []
    dsn = "https://key@sentry.example.com/1"
    load("production", PRODUCTION_ENVIRONMENT | {"SENTRY_DSN": dsn})
    assert begun == [dsn]


def test_what_is_not_wanted_is_not_imported() -> None:
    code = "import sys, config.wsgi; print({'sentry_sdk', 'prometheus_client'} & {*sys.modules})"
    done = start("-c", code, **PRODUCTION_ENVIRONMENT)
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "development-" + "x" * 60),
        ("ALLOWED_HOSTS", "*"),
        ("PUBLIC_BASE_URL", "http://example.com"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "http://example.com"),
        ("EMAIL_URL", "nonsense"),
        ("EMAIL_URL", "backend://"),
        ("EMAIL_URL", "backend://django"),
        ("EMAIL_URL", "backend://not_installed.EmailBackend"),
        ("EMAIL_URL", "backend://.EmailBackend"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("TRUSTED_PROXY_COUNT", "many"),
        ("TRUSTED_PROXY_NETWORKS", "anywhere"),
        ("SENTRY_DSN", "https://sentry.example.com/"),
        ("SECRET_KEY", "k3" * 40),
        ("SECRET_KEY", "abcdefgh" * 8 + "ij"),
        ("SECRET_KEY_FALLBACKS", "k3" * 40),
        ("ALLOWED_HOSTS", "example.com:8443"),
        ("ALLOWED_HOSTS", "https://example.com"),
        ("PUBLIC_BASE_URL", "https://example.com/shop"),
        ("SCRIPT_NAME", "/shop"),
        ("DEFAULT_FROM_EMAIL", "me"),
        ("DEFAULT_FROM_EMAIL", "Me <me>"),
        ("DEFAULT_FROM_EMAIL", "a@example.com\nBcc: b@example.com"),
        ("LOG_LEVEL", "LOUD"),
        ("SECURE_HSTS_SECONDS", "-1"),
        ("CSP_REPORT_URI", "https://example.com; script-src *"),
    ],
)
def test_production_refuses_bad_values(load: Load, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: "):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})


@pytest.mark.parametrize("written", ["me@example.com", "My Service <me@example.com>"])
def test_production_takes_a_sender_with_a_name(load: Load, written: str) -> None:
    """F16: the honest values."""
    found = load("production", PRODUCTION_ENVIRONMENT | {"DEFAULT_FROM_EMAIL": written})
    assert written == found.DEFAULT_FROM_EMAIL


def test_production_names_every_bad_value_in_one_message(load: Load) -> None:
    """F16: a bad database, sender and key."""
    bad = {"DATABASE_URL": "sqlite:///x", "DEFAULT_FROM_EMAIL": "me", "SECRET_KEY": "k3" * 40}
    with pytest.raises(ImproperlyConfigured) as failure:
        load("production", PRODUCTION_ENVIRONMENT | bad)
    assert [line.split(":")[0].strip() for line in str(failure.value).splitlines()[1:]] == [
        *sorted(bad)
    ]


def start(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in an environment that holds what is given and no more."""
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *words],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_deployment_check_is_silent() -> None:
    words = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.config.deployed"}
    done = start(*words, **PRODUCTION_ENVIRONMENT, **settings)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
