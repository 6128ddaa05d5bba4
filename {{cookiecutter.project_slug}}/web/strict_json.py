"""JSON parsing without ambiguities (RFC 8259, RFC 8725 section 2.4)."""

import json
from math import isfinite
from typing import Any


def loads(raw: bytes) -> Any:
    """Parse a JSON text.

    Args:
        raw: the text, in UTF-8.

    Raises:
        ValueError: the text is not valid JSON, is nested too deeply, repeats a name in an object,
            or contains a number that is not finite.
    """
    try:
        return _DECODER.decode(raw.decode("utf-8"))
    except RecursionError:
        message = "The JSON is nested too deeply."
        raise ValueError(message) from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = "A name occurs twice in an object."
        raise ValueError(message)
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        message = f"{text[:20]} is not a finite number."
        raise ValueError(message)
    return number


# `json.loads` would make one for each text.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_names, parse_constant=_finite, parse_float=_finite
)
