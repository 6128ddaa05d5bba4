"""URLs of passkeys."""

from django.urls import path

from token_auth.second_factor.passkeys import views

urlpatterns = [
    path("token/passkey/", views.SignInView.as_view(), name="token_passkey"),
    path(
        "token/passkey/options/", views.SignInOptionsView.as_view(), name="token_passkey_options"
    ),
    path(
        "token/second-factor/options/",
        views.TicketOptionsView.as_view(),
        name="token_verify_options",
    ),
    path(
        "token/second-factor/passkey/", views.TicketPasskeyView.as_view(), name="token_add_passkey"
    ),
    path("second-factor/options/", views.OptionsView.as_view(), name="api_second_factor_options"),
    path("second-factor/passkeys/", views.PasskeysView.as_view(), name="api_passkeys"),
    path(
        "second-factor/passkeys/<int:passkey_id>/remove/",
        views.RemoveView.as_view(),
        name="api_passkey_remove",
    ),
]
