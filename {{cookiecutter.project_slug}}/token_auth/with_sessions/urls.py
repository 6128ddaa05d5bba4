"""URLs of API endpoints that require a session."""

from django.urls import path

from token_auth.with_sessions import views

urlpatterns = [
    path("auth/token/exchange/", views.TokenExchangeView.as_view(), name="token_exchange"),
]
