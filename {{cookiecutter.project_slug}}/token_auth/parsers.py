"""Parsing of request bodies."""

from collections.abc import Iterable, Mapping
from typing import IO, Any, cast

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from web import strict_json

Chosen = tuple[BaseRenderer, str]


class ContentNegotiation(DefaultContentNegotiation):
    """Content negotiation that rejects the body types `*/*` and `application/*`.

    Wildcards are valid in `Accept` only (RFC 9110 section 8.3.1).
    """

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> Chosen:
        """Return the only renderer without comparing media types, if the client accepts it."""
        only, *others = renderers
        accepted = request.META.get("HTTP_ACCEPT", "*/*") in {"*/*", only.media_type}
        if accepted and not (others or format_suffix or request.META.get("QUERY_STRING")):
            return only, only.media_type
        return cast("Chosen", super().select_renderer(request, [only, *others], format_suffix))

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        if "*" in request.content_type.partition(";")[0]:
            return None
        return super().select_parser(request, parsers)


class StrictJSONParser(JSONParser):
    """Parser of JSON in UTF-8 (RFC 8259 section 8.1), which ignores the request's `charset`."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        try:
            return strict_json.loads(stream.read())
        except ValueError as error:
            message = f"JSON parse error - {error}"
            raise ParseError(message) from None
