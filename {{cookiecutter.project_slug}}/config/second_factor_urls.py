"""URLs of the pages and endpoints of the second factor."""

from django.urls import include, path

from config.settings.second_factor import ENTRY_POINTS

urlpatterns = [path("", include(f"{package}.second_factor.urls")) for package in ENTRY_POINTS]
