"""URLs of the second factor."""

from django.urls import path

from session_auth.second_factor import views

urlpatterns = [
    path("", views.OverviewView.as_view(), name="second_factor"),
    path("verify/", views.VerifyView.as_view(), name="second_factor_verify"),
    path("set-up/", views.SetUpView.as_view(), name="second_factor_set_up"),
    path("recovery-codes/", views.RecoveryCodesView.as_view(), name="second_factor_codes"),
    path("remove/", views.RemoveView.as_view(), name="second_factor_remove"),
]
