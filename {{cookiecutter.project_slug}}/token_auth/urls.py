"""URLs of the API."""

from django.urls import include, path

from token_auth import account_views, documentation, jwks, metadata, sign_in_views, views

auth = [
    path("token/", views.TokenView.as_view(), name="token"),
    path("token/refresh/", views.TokenRefreshView.as_view(), name="token_refresh"),
    path("token/revoke/", views.TokenRevokeView.as_view(), name="token_revoke"),
    path("token/csrf/", views.CsrfTokenView.as_view(), name="token_csrf"),
    path("email/verify/", views.EmailVerifyView.as_view(), name="api_email_verify"),
    path(
        "email/verify/resend/",
        views.EmailVerifyResendView.as_view(),
        name="api_email_verify_resend",
    ),
    path("email/change/", views.EmailChangeView.as_view(), name="api_email_change"),
    path("password/change/", views.PasswordChangeView.as_view(), name="api_password_change"),
    path("password/reset/", views.PasswordResetView.as_view(), name="api_password_reset"),
    path(
        "password/reset/confirm/",
        views.PasswordResetConfirmView.as_view(),
        name="api_password_reset_confirm",
    ),
    path("confirm/", account_views.ConfirmView.as_view(), name="api_confirm"),
    path("me/", account_views.MeView.as_view(), name="api_me"),
    path("me/export/", account_views.ExportView.as_view(), name="api_export"),
    path("sign-ins/", sign_in_views.SignInsView.as_view(), name="api_sign_ins"),
    path("sign-ins/<uuid:sign_in_id>/", sign_in_views.SignInView.as_view(), name="api_sign_in"),
]

urlpatterns = [
    path("api/auth/", include(auth)),
    path("api/schema/", documentation.SchemaView.as_view(), name="api_schema"),
    path("api/docs/", documentation.DocsView.as_view(), name="api_docs"),
    path(".well-known/jwks.json", jwks.KeySetView.as_view(), name="jwks"),
    path(
        ".well-known/oauth-authorization-server",
        metadata.MetadataView.as_view(),
        name="authorization_server_metadata",
    ),
]
