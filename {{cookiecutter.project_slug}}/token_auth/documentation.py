"""The OpenAPI document and a page to read it, for staff and for development."""

from django.conf import settings
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAdminUser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class IsStaffOrDevelopment(IsAdminUser):
    """Lets everybody read in development, and staff anywhere (ASVS 13.4.5)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether this reader may see what the API can do."""
        return settings.API_DOCS_ARE_PUBLIC or super().has_permission(request, view)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, in JSON as all of the API."""

    renderer_classes = [OpenApiJsonRenderer2]  # noqa: RUF012 - drf-spectacular's own attribute
    permission_classes = (IsStaffOrDevelopment,)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, served from our own files: its script is a request of its own, not inline."""

    url_name = "api_schema"
    template_name = "token_auth/docs.html"
    permission_classes = (IsStaffOrDevelopment,)

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse as the rest of the API does, in JSON."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
