"""Development settings, with defaults that `.env` and the environment override."""

import re
from email.utils import formataddr
from urllib.parse import quote

from config.settings.base import *  # noqa: F403 - settings modules extend each other
from config.settings.base import BASE_DIR, LOGGING, SITE_NAME
from config.settings.environment import (
    Env,
    cache,
    database_url,
    development_database,
    mail_settings,
    mail_url,
    seal,
)

env = Env(eager=False)
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = True
SECRET_KEY = env.str("SECRET_KEY", "development-key-for-a-checkout-without-a-dotenv-file")
# Additional hosts, such as this machine's IP address for a phone in the same network.
_hosts: list[str] = env.list("ALLOWED_HOSTS", [])
# The port that `make run` listens on.
_port = env.int("PORT", 8000)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", f"http://localhost:{_port}")
TRUSTED_PROXY_COUNT = 0
# Services on one host share their cookies, because browsers ignore the port.
_checkout = re.sub(r"[^A-Za-z0-9]+", "_", BASE_DIR.name)
# {% if cookiecutter.auth == "jwt" %}
ROOT_URLCONF = "config.development_urls"
MAIL_LINK_ORIGIN = env.str("FRONTEND_URL", "http://localhost:3000")
_console = "token_auth.console_mail.EmailBackend"
# {% endif %}
# {% if cookiecutter.auth != "jwt" %}
ADMIN_URL = env.str("ADMIN_URL", "admin/")
MAIL_LINK_ORIGIN = PUBLIC_BASE_URL
_console = "accounts.console_mail.EmailBackend"
SESSION_COOKIE_NAME = f"{_checkout}_sessionid"
CSRF_COOKIE_NAME = f"{_checkout}_csrftoken"
if env.bool("DEBUG_TOOLBAR", False):
    ROOT_URLCONF = "config.toolbar_urls"
    INSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]
    MIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware", *MIDDLEWARE]
    INTERNAL_IPS = ["127.0.0.1", "::1"]
# {% endif %}
# {% if cookiecutter.auth != "session" %}
JWT_SIGNING_KEYS = env.dict(
    "JWT_SIGNING_KEYS",
    {"development-0": "development-" * 6},
    key_value_delimiter=":",
)
JWT_REUSE_GRACE = env.int("JWT_REUSE_GRACE", 30)
JWT_REVOCATION = env.str("JWT_REVOCATION", "cache")
JWT_REFRESH_COOKIE = env.bool("JWT_REFRESH_COOKIE", False)
JWT_REFRESH_COOKIE_NAME = f"__Secure-{_checkout}_refresh_token"
JWT_ISSUER = PUBLIC_BASE_URL
JWT_AUDIENCE = PUBLIC_BASE_URL
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
API_DOCS_ARE_PUBLIC = True
# {% endif %}

_database_url = env.str(
    "DATABASE_URL", f"sqlite:///{quote(str(BASE_DIR / 'db.sqlite3'))}", validate=database_url
)
SEND_NOTICES = env.bool("SEND_NOTICES", True)
_redis_url = env.str("REDIS_URL", "")
_mail_url = env.str("EMAIL_URL", "console:", validate=mail_url)
DEFAULT_FROM_EMAIL = formataddr((SITE_NAME, "noreply@localhost"))

seal(env)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_hosts]
DATABASES = {"default": development_database(_database_url)}
CACHES = {"default": cache(_redis_url)}
_mail = mail_settings(_mail_url)
# {% if cookiecutter.django_version == "5.2" %}
if _mail_url == "console:":
    _mail["EMAIL_BACKEND"] = _console
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
if _mail_url == "console:":
    _mail["MAILERS"]["default"]["BACKEND"] = _console
MAILERS = _mail["MAILERS"]
# {% endif %}

# The development server already logs each request in one line.
LOGGING["handlers"]["stderr"]["formatter"] = "console"
LOGGING["loggers"]["django_structlog"] = {"level": "CRITICAL"}
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}
