"""Production's settings where no static files have been collected."""

from config.settings.production import *  # noqa: F403 - settings modules extend each other
from config.settings.production import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
