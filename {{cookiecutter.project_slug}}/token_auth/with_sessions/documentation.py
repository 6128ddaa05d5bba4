"""The OpenAPI document, for staff who are signed in with a browser."""

from token_auth import documentation
from token_auth.authentication import BearerAuthentication
from token_auth.with_sessions.authentication import SessionAuthentication


class SchemaView(documentation.SchemaView):
    """The OpenAPI document."""

    authentication_classes = (BearerAuthentication, SessionAuthentication)


class DocsView(documentation.DocsView):
    """Swagger UI."""

    authentication_classes = (BearerAuthentication, SessionAuthentication)
