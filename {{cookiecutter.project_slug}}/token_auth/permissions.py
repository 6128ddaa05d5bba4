"""Permissions for the API documentation."""

from django.conf import settings
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView


class IsStaffOrDevelopment(IsAdminUser):
    """Permission for everyone in development and for staff elsewhere (ASVS 13.4.5)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.API_DOCS_ARE_PUBLIC or super().has_permission(request, view)
