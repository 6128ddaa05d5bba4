"""URLs of the second factor."""

from django.urls import path

from token_auth.second_factor import views

urlpatterns = [
    path("token/second-factor/", views.VerifyView.as_view(), name="token_verify"),
    path("token/second-factor/set-up/", views.TicketSetUpView.as_view(), name="token_set_up"),
    path("second-factor/", views.SecondFactorView.as_view(), name="api_second_factor"),
    path("second-factor/remove/", views.RemoveView.as_view(), name="api_second_factor_remove"),
    path("second-factor/recovery-codes/", views.RecoveryCodesView.as_view(), name="api_codes"),
]
