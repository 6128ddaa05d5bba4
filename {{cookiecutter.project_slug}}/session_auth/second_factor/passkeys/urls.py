"""URLs of passkeys."""

from django.urls import path

from session_auth.second_factor.passkeys import views

urlpatterns = [
    path("", views.PasskeysView.as_view(), name="passkeys"),
    path("add/", views.AddView.as_view(), name="passkey_add"),
    path("<int:pk>/remove/", views.RemovePasskeyView.as_view(), name="passkey_remove"),
    path("options/", views.OptionsView.as_view(), name="passkey_options"),
    path("sign-in/", views.SignInView.as_view(), name="passkey_sign_in"),
]
