"""Production settings with printed emails, and without servers where there are none."""

import os

from tests.config.production import PRODUCTION_ENVIRONMENT

os.environ.update(PRODUCTION_ENVIRONMENT, TRUSTED_PROXY_COUNT="1", LOG_LEVEL="DEBUG")
os.environ["EMAIL_URL"] = "console:"
# Production itself refuses SQLite.
if not os.environ["SERVER_DATABASE"].startswith("sqlite:"):
    os.environ["DATABASE_URL"] = os.environ["SERVER_DATABASE"]

from accounts.hashers import Argon2idPasswordHasher
from config.settings.environment import cache, development_database
from config.settings.production import *  # noqa: F403 - reads what was set above
from config.settings.production import CACHES, DATABASES, LANGUAGES, PASSWORD_HASHERS, STORAGES

if os.environ["SERVER_DATABASE"].startswith("sqlite:"):
    DATABASES = {"default": development_database(os.environ["SERVER_DATABASE"])}
DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
_own_keys = {"KEY_PREFIX": os.environ["SERVER_CACHE_PREFIX"]}
CACHES = dict.fromkeys(CACHES, cache(os.environ["SERVER_CACHE"]) | _own_keys)


class QuickPasswordHasher(Argon2idPasswordHasher):
    """Production's hasher with the least work: no test of a running server measures time."""

    time_cost = 1
    memory_cost = 8


# The tests compare English texts, also if the team does not offer English.
LANGUAGES = [*LANGUAGES, ("en", "English")]
PASSWORD_HASHERS = ["tests.attacks.production.QuickPasswordHasher", *PASSWORD_HASHERS]
# Nothing has been collected.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
