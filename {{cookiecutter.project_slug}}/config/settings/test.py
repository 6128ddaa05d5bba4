"""Tests: SQLite and local memory, or the servers that DATABASE_URL and REDIS_URL name."""

from environs import Env

from config.settings.base import *  # noqa: F403 - settings modules extend each other
from config.settings.environment import cache, mail_settings, seal

env = Env(eager=False)

DEBUG = False
SECRET_KEY = "x" * 60
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PUBLIC_BASE_URL = "https://testserver"
TRUSTED_PROXY_COUNT = 0
# {% if cookiecutter.auth != "jwt" %}
ADMIN_URL = "back-office/"
# {% endif %}
# {% if cookiecutter.auth == "jwt" %}
MAIL_LINK_ORIGIN = "https://app.testserver"
# {% endif %}
# {% if cookiecutter.auth != "jwt" %}
MAIL_LINK_ORIGIN = PUBLIC_BASE_URL
# {% endif %}
# {% if cookiecutter.auth != "session" %}
JWT_SIGNING_KEYS = {
    "test-2": "test-key-2-" * 5,
    "test-1": "test-key-1-" * 5,
}
JWT_ISSUER = PUBLIC_BASE_URL
JWT_AUDIENCE = PUBLIC_BASE_URL
CORS_ALLOWED_ORIGINS = ["https://app.testserver"]
API_DOCS_ARE_PUBLIC = False
# {% endif %}

DATABASES = {"default": env.dj_db_url("DATABASE_URL", "sqlite://:memory:")}
_redis_url = env.str("REDIS_URL", "")
seal(env)

CACHES = {"default": cache(_redis_url)}
# Static files are looked up where they are; nothing has been collected.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
globals().update(mail_settings("console:"))
DEFAULT_FROM_EMAIL = "noreply@testserver"
# One fast hash: the tests count hash runs, they do not time them.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# An environment in which production starts, for the tests of its settings.
PRODUCTION_ENVIRONMENT = {
    "SECRET_KEY": "".join(map(chr, range(48, 123))),
    "ALLOWED_HOSTS": "example.com",
    "PUBLIC_BASE_URL": "https://example.com",
    # {% if cookiecutter.auth != "jwt" %}
    "ADMIN_URL": "back-office/",
    # {% endif %}
    # {% if cookiecutter.auth == "jwt" %}
    "FRONTEND_URL": "https://app.example.com",
    # {% endif %}
    # {% if cookiecutter.auth != "session" %}
    "JWT_SIGNING_KEYS": "test:" + "dGVzdCBrZXkg" * 6,
    # {% endif %}
    "DATABASE_URL": "postgres://user@127.0.0.1/database",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "submission://user@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "service@example.com",
}
