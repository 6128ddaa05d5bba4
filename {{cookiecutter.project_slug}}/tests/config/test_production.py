"""Production accepts no weak value."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.conftest import POSTGRES, Load, run
from tests.config.production import PRODUCTION_ENVIRONMENT

NAMES = sorted(PRODUCTION_ENVIRONMENT)
# What each variable sets, and where it is not set
SET = [
    ({}, "SEND_NOTICES", True),
    ({"SEND_NOTICES": "false"}, "SEND_NOTICES", False),
    ({}, "SECURE_PROXY_SSL_HEADER", None),
    ({"TRUSTED_PROXY_COUNT": "1"}, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
    ({"TRUSTED_PROXY_NETWORKS": "10.0.0.7,::/8"}, "TRUSTED_PROXY_NETWORKS", ["10.0.0.7", "::/8"]),
    ({"DEFAULT_FROM_EMAIL": "Me <me@example.com>"}, "DEFAULT_FROM_EMAIL", "Me <me@example.com>"),
]
INVALID = {
    "SECRET_KEY": ("short", "development-" + "x" * 60, "k3" * 40, "abcdefgh" * 8 + "ij"),
    "SECRET_KEY_FALLBACKS": ("k3" * 40,),
    "ALLOWED_HOSTS": ("*", "example.com:8443", "https://example.com"),
    "PUBLIC_BASE_URL": ("http://example.com", "https://example.com/shop"),
    "SCRIPT_NAME": ("/shop",),
    "DATABASE_URL": (
        *("nonsense", "sqlite:///x", "sqlite://:memory:", "mysql://user@host/name"),
        *("postgres://user@host", "postgres://[::1/name", f"{POSTGRES}?no_such_option=1"),
        *(f"{POSTGRES}?pool=perhaps", f"{POSTGRES}?pool=4"),
        *(f"{POSTGRES}?sslmode=verify-full", f"{POSTGRES}?sslmode=verify-ca"),
    ),
    "REDIS_URL": ("http://example.com",),
    "EMAIL_URL": (
        *("nonsense", "backend://", "backend://django", "backend://not_installed.EmailBackend"),
        "backend://.EmailBackend",
    ),
    "DEFAULT_FROM_EMAIL": ("me", "Me <me>", "a@example.com\nBcc: b@example.com"),
    "TRUSTED_PROXY_COUNT": ("-1", "many"),
    "TRUSTED_PROXY_NETWORKS": ("anywhere",),
    "SENTRY_DSN": ("https://sentry.example.com/",),
    "LOG_LEVEL": ("LOUD",),
    "SECURE_HSTS_SECONDS": ("-1",),
    "CSP_REPORT_URI": ("https://example.com; script-src *",),
}


@pytest.mark.parametrize(("chosen", "name", "value"), SET)
def test_production_is_as_the_variables_say(
    load: Load, chosen: dict[str, str], name: str, value: object
) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert getattr(found, name) == value


def test_production_is_strict_without_further_variables(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert not found.DEBUG
    assert found.SEND_MAIL_IN_BACKGROUND
    assert found.FILE_UPLOAD_PERMISSIONS == 0o640
    # Who serves static files need not be who collected them.
    assert found.STORAGES["staticfiles"]["OPTIONS"]["file_permissions_mode"] == 0o644
    assert found.CACHES["default"]["BACKEND"].endswith("RedisCache")


@pytest.mark.parametrize("uri", ["", "https://reports.example.com/csp"])
def test_violations_of_the_policy_can_be_reported(load: Load, uri: str) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT | {"CSP_REPORT_URI": uri})
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
    dsn = "https://key@sentry.example.com/1"
    for chosen in ("", dsn):
        load("production", PRODUCTION_ENVIRONMENT | {"SENTRY_DSN": chosen})
    assert begun == [dsn]


def test_production_keeps_a_pool_of_connections(load: Load) -> None:
    """E14: the default, and the example of the documents."""
    chosen = {"DATABASE_URL": f"{POSTGRES}?sslmode=verify-full&sslrootcert=system"}
    database = load("production", PRODUCTION_ENVIRONMENT | chosen).DATABASES["default"]
    assert database["OPTIONS"]["pool"]["max_size"] > 1
    assert database["OPTIONS"]["sslrootcert"] == "system"
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_production_can_leave_pooling_to_pgbouncer(load: Load) -> None:
    """E14: both options were lost or broke the connection."""
    chosen = {"DATABASE_URL": f"{POSTGRES}?pool=false&disable_server_side_cursors=true"}
    database = load("production", PRODUCTION_ENVIRONMENT | chosen).DATABASES["default"]
    assert database["OPTIONS"] == {"pool": False}
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("missing", [NAMES, *([name] for name in NAMES)], ids=",".join)
def test_production_names_what_is_missing(load: Load, missing: list[str]) -> None:
    environment = {name: PRODUCTION_ENVIRONMENT[name] for name in NAMES if name not in missing}
    with pytest.raises(ImproperlyConfigured) as failure:
        load("production", environment)
    assert str(failure.value).splitlines() == [
        "The environment is not complete:",
        *(f"  {name}: Environment variable not set." for name in missing),
    ]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in INVALID.items() for value in values]
)
def test_production_refuses_bad_values(load: Load, name: str, value: str) -> None:
    """E14, E16, F16: at startup, instead of an error with each request."""
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: "):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})


@pytest.mark.parametrize(
    "words", [["manage.py", "check"], ["-m", "gunicorn", "--check-config", "config.wsgi"]]
)
def test_program_that_does_not_start_names_the_missing_variable(words: list[str]) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production", "EMAIL_URL": ""}
    done = run(*words, **PRODUCTION_ENVIRONMENT | settings)
    assert done.returncode != 0
    assert "  EMAIL_URL: Environment variable not set." in done.stderr.splitlines()


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
