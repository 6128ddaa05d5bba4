"""Development needs no variable; production accepts no weak value."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.conftest import Load, run
from tests.config.production import PRODUCTION_ENVIRONMENT

UNSET = object()
FORWARDED = ("HTTP_X_FORWARDED_PROTO", "https")
NOTICES = ["", "true", "false"]
NETWORKS = ["10.0.0.7/32", "10.0.0.8/32"]
SENDERS = ["me@example.com", "My Service <me+it's@Example.com>", "me@localhost"]
POSTGRES = "postgres://user:password@db.example.com:5432/name"
DATABASES = [
    *("sqlite:///x", "sqlite://:memory:", "mysql://user@host/name", "postgres://user@host"),
    *("nonsense", "postgres://[::1/name", f"{POSTGRES}?no_such_option=1"),
    *(f"{POSTGRES}?pool=perhaps", f"{POSTGRES}?pool=4"),
    *(f"{POSTGRES}?sslmode=verify-full", f"{POSTGRES}?sslmode=verify-ca"),
]
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


def test_development_needs_no_variable(load: Load) -> None:
    found = load("development", {})
    assert found.DEBUG is True
    assert found.PUBLIC_BASE_URL == "http://localhost:8000"
    assert found.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found.CACHES["default"]["BACKEND"].endswith("LocMemCache")
    assert found.SEND_NOTICES is True
    assert load("development", {"SEND_NOTICES": "false"}).SEND_NOTICES is False


def test_production_has_these_values(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert {name: getattr(found, name, UNSET) for name in EXPECTED} == EXPECTED
    database = found.DATABASES["default"]
    assert (database["ENGINE"], database["CONN_MAX_AGE"]) == ("django.db.backends.postgresql", 0)
    assert database["OPTIONS"]["pool"]["max_size"] > 1
    assert found.CACHES["default"]["BACKEND"].endswith("RedisCache")
    # Who serves static files need not be who collected them.
    assert found.STORAGES["staticfiles"]["OPTIONS"]["file_permissions_mode"] == 0o644


@pytest.mark.parametrize(
    ("variable", "written", "name", "value"),
    [
        *(("SEND_NOTICES", written, "SEND_NOTICES", written != "false") for written in NOTICES),
        ("TRUSTED_PROXY_COUNT", "1", "SECURE_PROXY_SSL_HEADER", FORWARDED),
        ("TRUSTED_PROXY_NETWORKS", ",".join(NETWORKS), "TRUSTED_PROXY_NETWORKS", NETWORKS),
        *(("DEFAULT_FROM_EMAIL", sender, "DEFAULT_FROM_EMAIL", sender) for sender in SENDERS),
    ],
)
def test_setting_is_as_its_variable_says(
    load: Load, variable: str, written: str, name: str, value: object
) -> None:
    """F16: the honest values."""
    found = load("production", PRODUCTION_ENVIRONMENT | {variable: written})
    assert getattr(found, name) == value


@pytest.mark.parametrize("uri", ["", "https://reports.example.com/csp"])
def test_violations_of_the_policy_can_be_reported(load: Load, uri: str) -> None:
    chosen = {"CSP_REPORT_URI": uri} if uri else {}
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert found.CONTENT_SECURITY_POLICY["DIRECTIVES"].get("report-uri", "") == uri


def test_email_backend_is_named_by_the_url(load: Load) -> None:
    """F11: such as those of django-anymail, which call the API of a provider."""
    path = "django.core.mail.backends.locmem.EmailBackend"
    found = load("production", PRODUCTION_ENVIRONMENT | {"EMAIL_URL": f"backend://{path}"})
    mailers = getattr(found, "MAILERS", None)
    chosen = mailers["default"] if mailers else {"BACKEND": found.EMAIL_BACKEND}
    assert chosen["BACKEND"] == path
    assert not chosen.get("OPTIONS")


def test_errors_are_reported_to_the_dsn(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr("monitoring.sentry.initialize", begun.append)
    load("production", PRODUCTION_ENVIRONMENT)
    assert begun == []
    dsn = "https://key@sentry.example.com/1"
    load("production", PRODUCTION_ENVIRONMENT | {"SENTRY_DSN": dsn})
    assert begun == [dsn]


def test_production_imports_no_unused_package_and_passes_the_deployment_check() -> None:
    code = """
import sys, config.wsgi
print({"sentry_sdk", "prometheus_client"} & {*sys.modules})
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
"""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.config.deployed"}
    done = run("-c", code, **PRODUCTION_ENVIRONMENT, **settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("set()\n")
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("SECRET_KEY", "short"), ("SECRET_KEY_FALLBACKS", "k3" * 40)),
        *(("ALLOWED_HOSTS", value) for value in ("*", "example.com:8443")),
        *(("PUBLIC_BASE_URL", url) for url in ("http://example.com", "https://a.com/shop")),
        *(("SCRIPT_NAME", "/shop"), ("REDIS_URL", "http://example.com")),
        *(("EMAIL_URL", value) for value in ("nonsense", "backend://", "backend://django")),
        *(("EMAIL_URL", f"backend://{name}") for name in (".Backend", "not_installed.Backend")),
        *(("TRUSTED_PROXY_COUNT", value) for value in ("-1", "many")),
        ("TRUSTED_PROXY_NETWORKS", "anywhere"),
        ("SENTRY_DSN", "https://sentry.example.com/"),
        *(("DEFAULT_FROM_EMAIL", value) for value in ("me", "Me <me>", "a@b..c", "a@b\nBcc: c@d")),
        ("LOG_LEVEL", "LOUD"),
        *(("DATABASE_URL", url) for url in DATABASES),
        ("SECURE_HSTS_SECONDS", "-1"),
        ("CSP_REPORT_URI", "https://example.com; script-src *"),
    ],
)
def test_production_refuses_bad_values(load: Load, name: str, value: str) -> None:
    """F16, E14: one line at startup instead of an error with each request."""
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: "):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})
