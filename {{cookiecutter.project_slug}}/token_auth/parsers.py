"""Parsing of request bodies."""

from collections.abc import Iterable, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from web import strict_json


class ContentNegotiation(DefaultContentNegotiation):
    """Content negotiation that rejects the body types `*/*` and `application/*`.

    Wildcards are valid in `Accept` only (RFC 9110 section 8.3.1).
    """

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
