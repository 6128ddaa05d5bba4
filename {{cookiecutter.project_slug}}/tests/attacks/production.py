"""Production's settings, with a cache and mails that need no server, and SQLite where none is."""

import os

from config.settings.test import PRODUCTION_ENVIRONMENT

os.environ.update(PRODUCTION_ENVIRONMENT, TRUSTED_PROXY_COUNT="1", LOG_LEVEL="DEBUG")
os.environ["DATABASE_URL"] = os.environ["SERVER_DATABASE"]

from config.settings.environment import cache, mail_settings
from config.settings.production import *  # noqa: F403 - reads what was set above
from config.settings.production import CACHES, DATABASES, STORAGES

DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    del DATABASES["default"]["OPTIONS"]["pool"]
_own_keys = {"KEY_PREFIX": os.environ["SERVER_CACHE_PREFIX"]}
CACHES = dict.fromkeys(CACHES, cache(os.environ["SERVER_CACHE"]) | _own_keys)
globals().update(mail_settings("console:"))
# Nothing has been collected.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
