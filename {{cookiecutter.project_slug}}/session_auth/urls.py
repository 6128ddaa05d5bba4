"""URLs of the pages, with Django's names, and of the admin."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from session_auth import account_views, session_endpoint, sign_in_views, views

accounts = [
    path("login/", views.LoginView.as_view(), name="login"),
    path("session/", session_endpoint.SessionView.as_view(), name="session"),
    path("logout/", views.LogoutView.as_view(), name="logout"),
    path("verify-email/<str:token>/", views.VerifyEmailView.as_view(), name="verify_email"),
    path("password_change/", views.PasswordChangeView.as_view(), name="password_change"),
    path(
        "password_change/done/",
        views.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("password_reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password_reset/done/",
        views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path("reauthenticate/", account_views.ReauthenticateView.as_view(), name="reauthenticate"),
    path("delete/", account_views.DeleteAccountView.as_view(), name="delete_account"),
    path("export/", account_views.export_account, name="export_account"),
    path("email_change/", views.EmailChangeView.as_view(), name="email_change"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("sign-ins/", sign_in_views.SignInsView.as_view(), name="sign_ins"),
    path(
        "sign-ins/<uuid:sign_in_id>/revoke/", sign_in_views.revoke_sign_in, name="revoke_sign_in"
    ),
    path(
        "sign-ins/revoke-all/",
        sign_in_views.SignOutEverywhereView.as_view(),
        name="revoke_all_sign_ins",
    ),
]

# Staff use the same pages as other users to sign in and to change their password.
staff = [
    path(
        "login/",
        login_not_required(RedirectView.as_view(pattern_name="login", query_string=True)),
    ),
    path("password_change/", RedirectView.as_view(pattern_name="password_change")),
]

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("accounts/brand.css", views.brand_css, name="brand_css"),
    path("accounts/", include(accounts)),
    # Where password managers look: https://w3c.github.io/webappsec-change-password-url/
    path(
        ".well-known/change-password",
        login_not_required(RedirectView.as_view(pattern_name="password_change")),
    ),
    path(settings.ADMIN_URL, include(staff)),
    path(settings.ADMIN_URL, admin.site.urls),
]
