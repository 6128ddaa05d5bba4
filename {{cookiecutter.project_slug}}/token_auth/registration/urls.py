"""The URL of registration."""

from django.urls import path

from token_auth.registration.views import RegisterView

urlpatterns = [path("register/", RegisterView.as_view(), name="api_register")]
