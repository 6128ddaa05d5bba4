"""URLs of the API that a session opens as well."""

from django.urls import path

from token_auth.with_sessions import documentation

urlpatterns = [
    path("schema/", documentation.SchemaView.as_view(), name="api_schema"),
    path("docs/", documentation.DocsView.as_view(), name="api_docs"),
]
