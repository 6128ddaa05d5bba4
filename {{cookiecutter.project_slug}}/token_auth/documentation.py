"""Views of the OpenAPI document and of Swagger UI.

They are not in `token_auth.openapi`, because drf-spectacular imports that module to define the
views that these extend.
"""

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):
    """OpenAPI document of this API, in JSON."""

    renderer_classes = [OpenApiJsonRenderer2]  # noqa: RUF012 - drf-spectacular's own attribute


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, served from local files, with an external script instead of an inline one."""

    url_name = "api_schema"
    template_name = "token_auth/docs.html"

    def handle_exception(self, exc: Exception) -> Response:
        """Return errors in JSON, as the other endpoints do."""
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
