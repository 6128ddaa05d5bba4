"""Test settings: SQLite and local memory, or the servers in DATABASE_URL and REDIS_URL."""

import dj_database_url

from config.settings.base import *  # noqa: F403 - settings modules extend each other
from config.settings.environment import Env, cache, database_url, seal

env = Env(eager=False)

DEBUG = False
SECRET_KEY = "x" * 60
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PUBLIC_BASE_URL = "https://testserver"
TRUSTED_PROXY_COUNT = 0
# {% if cookiecutter.auth != "session" %}
JWT_SIGNING_KEYS = {
    "test-2": "test-key-2-" * 5,
    "test-1": "test-key-1-" * 5,
}
JWT_ISSUER = PUBLIC_BASE_URL
JWT_AUDIENCE = PUBLIC_BASE_URL
CORS_ALLOWED_ORIGINS = ["https://app.testserver"]
API_DOCS_ARE_PUBLIC = False
MAIL_LINK_ORIGIN = CORS_ALLOWED_ORIGINS[0]
# {% endif %}
# {% if cookiecutter.auth != "jwt" %}
ADMIN_URL = "back-office/"
MAIL_LINK_ORIGIN = PUBLIC_BASE_URL
# {% endif %}

_database_url = env.str("DATABASE_URL", "sqlite://:memory:", validate=database_url)
_redis_url = env.str("REDIS_URL", "")
seal(env)

DATABASES = {"default": dj_database_url.parse(_database_url)}
CACHES = {"default": cache(_redis_url)}
# {% if cookiecutter.second_factor != "none" %}
# Tests of the policy set their own.
SECOND_FACTOR_REQUIRED = "nobody"
# {% endif %}
# Tests compare English texts.
LANGUAGE_CODE = "en"
# Finds static files in the apps, because tests do not collect them.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# {% if cookiecutter.django_version == "6.1" %}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
# {% endif %}
DEFAULT_FROM_EMAIL = "noreply@testserver"
# A fast hash: the tests count hash runs and do not time them.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
