"""Permissions for views."""

from typing import cast

from django.conf import settings
from rest_framework.permissions import BasePermission, IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import authentication
from token_auth.errors import ReauthenticationRequiredError


class IsStaffOrDevelopment(IsAdminUser):
    """Permission for everyone in development and for staff elsewhere (ASVS 13.4.5)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.API_DOCS_ARE_PUBLIC or super().has_permission(request, view)


class IsRecentlyAuthenticated(BasePermission):
    """Permission for users who signed in or reauthenticated recently (ASVS 7.5.1).

    Use it after `IsAuthenticated`. It reads the access token and takes no query.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Return True, or raise the error that tells clients to reauthenticate.

        Raises:
            ReauthenticationRequiredError: the user authenticated too long ago.
        """
        if not authentication.is_recent(cast("User", request.user)):
            raise ReauthenticationRequiredError
        return True
