"""ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

from web.charset import utf_8_only_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = utf_8_only_async(get_asgi_application())
