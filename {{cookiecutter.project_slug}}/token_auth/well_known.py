"""URLs at places that others expect (RFC 8615)."""

from django.urls import path

from token_auth.jwks import KeySetView

urlpatterns = [path("jwks.json", KeySetView.as_view(), name="jwks")]
