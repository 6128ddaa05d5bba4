"""The OpenAPI document and a page to read it, for staff and for development."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]  # drf-spectacular is not typed here
    """The Authorization header that `BearerAuthentication` reads."""

    target_class = "token_auth.authentication.BearerAuthentication"
    name = "bearer"


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
