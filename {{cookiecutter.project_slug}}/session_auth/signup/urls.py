"""The sign-up page's URL."""

from django.urls import path

from session_auth.signup.views import SignUpView

urlpatterns = [path("signup/", SignUpView.as_view(), name="signup")]
