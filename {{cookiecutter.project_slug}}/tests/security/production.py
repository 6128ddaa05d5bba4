"""Production's settings, with a database, a cache and mails that need no server."""

import os

from config.settings.test import PRODUCTION_ENVIRONMENT

os.environ.update(PRODUCTION_ENVIRONMENT, TRUSTED_PROXY_COUNT="1", LOG_LEVEL="DEBUG")

from config.settings.environment import cache, mail_settings
from config.settings.production import *  # noqa: F403 - reads what was set above
from config.settings.production import CACHES, STORAGES

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["SERVER_DATABASE"],
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
CACHES = dict.fromkeys(CACHES, cache(os.environ["SERVER_CACHE"]))
globals().update(mail_settings("console:"))
# Nothing has been collected.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
