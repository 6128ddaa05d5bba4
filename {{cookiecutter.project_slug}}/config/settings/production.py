"""Production settings, from the environment and without weak defaults."""

from environs import validate

from config.settings import environment
from config.settings.base import *  # noqa: F403 - settings modules extend each other
from config.settings.base import (
    CONTENT_SECURITY_POLICY,
    LOGGING,
    SILENCED_SYSTEM_CHECKS,
    TRUSTED_PROXY_NETWORKS,
)

env = environment.Env(eager=False)

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", validate=environment.strong_secret)
SECRET_KEY_FALLBACKS: list[str] = env.list(
    "SECRET_KEY_FALLBACKS", [], validate=environment.strong_secret
)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", validate=environment.exact_hosts)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", validate=environment.https_origin)
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0))
TRUSTED_PROXY_NETWORKS = env.list(
    "TRUSTED_PROXY_NETWORKS", TRUSTED_PROXY_NETWORKS, validate=environment.networks
)
_csp_report_uri = env.str(
    "CSP_REPORT_URI", "", validate=validate.Regexp(r"https?://[^\s;,]+$", error="is no URL.")
)
# {% if cookiecutter.auth == "jwt" %}
MAIL_LINK_ORIGIN = env.str("FRONTEND_URL", validate=environment.https_origin)
# Cookies contain no credentials, so requests from other sites carry none.
SILENCED_SYSTEM_CHECKS += ["security.W003"]
# {% endif %}
# {% if cookiecutter.auth != "jwt" %}
MAIL_LINK_ORIGIN = PUBLIC_BASE_URL
_other_origins: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [], validate=environment.https_origin)
ADMIN_URL = env.str(
    "ADMIN_URL",
    validate=validate.Regexp(
        r"(?!admin/$)([\w-]+/)+$", error="must be a path of your own such as back-office/."
    ),
)
# {% endif %}
# {% if cookiecutter.auth != "session" %}
# 43 characters of base64url are 32 bytes, the minimum for HS256 (RFC 7518 section 3.2).
_signing_keys = env.str(
    "JWT_SIGNING_KEYS",
    validate=[
        validate.Regexp(
            r"((?!development-)[\w.-]+:[\w-]{43,})(,(?!development-)[\w.-]+:[\w-]{43,})*$",
            error="must be kid:key[,kid:key], each key at least 32 bytes in base64url, "
            "none of them made for development.",
        ),
        validate.Regexp(r"(?!.*(?:^|,)([\w.-]+):.*,\1:)", error="must not name two keys alike."),
        environment.strong_keys,
    ],
)
JWT_REUSE_GRACE = env.int("JWT_REUSE_GRACE", 30, validate=validate.Range(min=0, max=60))
JWT_REVOCATION = env.str(
    "JWT_REVOCATION", "cache", validate=validate.OneOf(("cache", "database", "none"))
)
JWT_REFRESH_COOKIE = env.bool("JWT_REFRESH_COOKIE", False)
CORS_ALLOWED_ORIGINS: list[str] = env.list(
    "CORS_ALLOWED_ORIGINS", [], validate=environment.https_origin
)
API_DOCS_ARE_PUBLIC = False
# {% endif %}
# {% if cookiecutter.second_factor != "none" %}
SECOND_FACTOR_KEYS = env.list("SECOND_FACTOR_KEYS", validate=environment.strong_secret)
SECOND_FACTOR_REQUIRED = env.str(
    "SECOND_FACTOR_REQUIRED", "staff", validate=validate.OneOf(("nobody", "staff", "all"))
)
SECOND_FACTOR_RESET_DELAY = env.int(
    "SECOND_FACTOR_RESET_DELAY", 0, validate=validate.Range(min=0, max=30 * 86400)
)
# {% endif %}
# {% if cookiecutter.second_factor == "passkeys" %}
PASSKEY_RP_ID = env.str(
    "PASSKEY_RP_ID", "", validate=validate.Regexp("[a-z0-9.-]*$", error="is no host name.")
)
PASSKEY_ORIGINS = env.list("PASSKEY_ORIGINS", [])
# {% endif %}
_database_url = env.str("DATABASE_URL", validate=environment.postgresql)
_redis_url = env.str(
    "REDIS_URL", validate=validate.Regexp(r"rediss?://", error="is no Redis URL.")
)
_mail_url = env.str("EMAIL_URL", validate=environment.mail_url)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", validate=environment.sender)
SEND_NOTICES = env.bool("SEND_NOTICES", True)
SEND_MAIL_IN_BACKGROUND = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31536000, validate=validate.Range(min=0))
_log_level = env.str(
    "LOG_LEVEL", "INFO", validate=validate.OneOf(("DEBUG", "INFO", "WARNING", "ERROR"))
)
_sentry_dsn = env.str(
    "SENTRY_DSN",
    "",
    validate=[
        validate.Regexp(r"https?://\w+@[^/@]+/(.+/)?\d+$", error="is no DSN of Sentry."),
        environment.needs("sentry_sdk", "sentry"),
    ],
)
# {% if cookiecutter.deployment != "none" %}
# deploy/gunicorn.conf.py reads it too, and opens the port.
_metrics_port = env.int(
    "METRICS_PORT",
    0,
    validate=[validate.Range(min=1, max=65535), environment.needs("prometheus_client", "metrics")],
)
# {% endif %}
environment.seal(env)

# {% if cookiecutter.auth != "session" %}
JWT_SIGNING_KEYS = dict(pair.split(":", 1) for pair in _signing_keys.split(","))
JWT_ISSUER = PUBLIC_BASE_URL
JWT_AUDIENCE = PUBLIC_BASE_URL
# {% endif %}
DATABASES = {"default": environment.postgresql_settings(_database_url)}
CACHES = {"default": environment.cache(_redis_url)}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Uploads differ: another user may serve the files than the one that collected them.
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}
_mail = environment.mail_settings(_mail_url)
# {% if cookiecutter.django_version == "5.2" %}
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = _mail["EMAIL_TIMEOUT"]
# {% endif %}
# {% if cookiecutter.django_version == "6.1" %}
MAILERS = _mail["MAILERS"]
# {% endif %}

SECURE_SSL_REDIRECT = True
# Probes come from inside the network, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers keep a preloaded host for years, so the owner of the domain has to decide.
SILENCED_SYSTEM_CHECKS += ["security.W021"]
# Trusts the header only if a proxy overwrites it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True
if _csp_report_uri:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["report-uri"] = _csp_report_uri
# {% if cookiecutter.auth != "jwt" %}

# A proxy may hide the port or the host name that browsers use.
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL, *_other_origins]
SESSION_ENGINE = "session_auth.engine"
SESSION_CACHE_ALIAS = "sessions"
CACHES["sessions"] = CACHES["default"] | {"BACKEND": "session_auth.cache.OptionalRedisCache"}
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
# {% endif %}

LOGGING["root"]["level"] = _log_level
# {% if cookiecutter.deployment != "none" %}
if _metrics_port:
    MIDDLEWARE = ["monitoring.metrics.MetricsMiddleware", *MIDDLEWARE]
# {% endif %}
if _sentry_dsn:
    # The package is optional, so it is imported only if it is needed.
    from monitoring import sentry

    sentry.initialize(_sentry_dsn)
