"""Reading request bodies that anybody may send."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259 section 8.1) of bounded depth; Django bounds the size."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Parse the body, whatever character set the client names for it.

        Raises:
            ParseError: it is no JSON, or nested too deeply.
        """
        context = {**(parser_context or {}), "encoding": "utf-8"}
        try:
            return super().parse(stream, media_type, context)
        except RecursionError:
            message = "The JSON is nested too deeply."
            raise ParseError(message) from None
