"""URLs of sign-up."""

from django.urls import path

from session_auth.signup import views

urlpatterns = [
    path("signup/", views.SignUpView.as_view(), name="signup"),
    path("signup/check-email/", views.CheckEmailView.as_view(), name="check_email"),
]
