"""The OpenAPI document and a page to read it.

These views are apart from `token_auth.openapi`, which drf-spectacular imports to define them.
"""

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, in JSON as all of the API."""

    renderer_classes = [OpenApiJsonRenderer2]  # noqa: RUF012 - drf-spectacular's own attribute


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, served from our own files: its script is a request of its own, not inline."""

    url_name = "api_schema"
    template_name = "token_auth/docs.html"

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse as the rest of the API does, in JSON."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
