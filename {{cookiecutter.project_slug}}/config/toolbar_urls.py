"""URLs of the project, with those of the debug toolbar."""

from django.urls import include, path

from config.urls import *  # noqa: F403 - its error handlers too
from config.urls import urlpatterns as project_urls

urlpatterns = [*project_urls, path("__debug__/", include("debug_toolbar.urls"))]
