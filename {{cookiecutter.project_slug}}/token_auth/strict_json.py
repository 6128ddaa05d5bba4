"""JSON that can be read in one way only (RFC 8259, RFC 8725 section 2.4)."""

import json
from math import isfinite
from typing import Any


def loads(raw: bytes) -> Any:
    """Return the value that JSON text holds.

    Args:
        raw: the text, in UTF-8.

    Raises:
        ValueError: it is not valid JSON, is nested too deeply, uses a name twice in an object, or
            has a number that is not finite.
    """
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique_names,
            parse_constant=_finite,
            parse_float=_finite,
        )
    except RecursionError:
        message = "The JSON is nested too deeply."
        raise ValueError(message) from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "A name occurs twice in an object."
        raise ValueError(message)
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        message = f"{text[:20]} is not a finite number."
        raise ValueError(message)
    return number
