"""JSON that two readers could understand differently is rejected."""

import pytest

from web import strict_json


def test_text_with_one_meaning_is_parsed() -> None:
    assert strict_json.loads(b'{"price": 1.5, "names": ["a"]}') == {"price": 1.5, "names": ["a"]}


@pytest.mark.parametrize(
    "text",
    [b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[-Infinity]", b"[1e400]", b"\xff", b"[" * 100_000],
    ids=["name twice", "nan", "infinity", "overflow", "encoding", "nesting"],
)
def test_ambiguous_text_is_rejected(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json.loads(text)
