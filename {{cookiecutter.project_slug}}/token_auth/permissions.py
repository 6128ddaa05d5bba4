"""Who may read the documents of the API."""

from django.conf import settings
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView


class IsStaffOrDevelopment(IsAdminUser):
    """Lets everyone read in development, and staff anywhere (ASVS 13.4.5)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether this reader may see what the API can do."""
        return settings.API_DOCS_ARE_PUBLIC or super().has_permission(request, view)
