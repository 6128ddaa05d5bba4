"""Password rules that Django does not bring."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

_WORDS, _PIECES, _SHORTEST_WORD, _SHORTEST_ROW = 2, 3, 4, 2
_ADDED = re.compile(r"\d+|[\W_]+")
_REPEATED = re.compile(r"([!-~])\1+")
# So long, even one character again and again is on nobody's list.
_LONG_ENOUGH = 64
# What people write for letters.
_READ_AS = str.maketrans("@4310$57!8", "aaeiossti" + "b")


class MaximumLengthValidator:
    """Refuses a password so long that hashing it would be an attack (ASVS 6.2.9, 15.2.2)."""

    def __init__(self, max_length: int = 128) -> None:
        """Take the greatest length in characters."""
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise `ValidationError` when `password` is too long."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Say the rule."""
        return f"Your password can have at most {self.max_length} characters."


class CommonPiecesValidator:
    """Refuses a password that is put together of common ones (ASVS 6.2.4, 6.2.11).

    Of the common passwords that Django knows, next to none is as long as ours have to be. What
    people do to lengthen one is to write two of them, or to add digits and signs. So a password is
    refused when it falls into at most three pieces: one or two common passwords or words of this
    service beside digits and signs, or nothing but repetitions and rows such as `abcdef`.
    """

    def __init__(self, own_words: Iterable[str] = ()) -> None:
        """Take words that are easily guessed here, such as the name of the service."""
        self.common = CommonPasswordValidator().passwords
        self.words = self.common | {word.lower() for word in own_words}
        self.longest = max(len(word) for word in self.words)

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise `ValidationError` when `password` is made of common pieces."""
        text = password.lower()
        if self._is_common_again_and_again(text) or self._falls_into_common_pieces(text):
            message = "This password is made of common ones. Put more words in it."
            raise ValidationError(message, code="password_too_common")

    def get_help_text(self) -> str:
        """Say the rule."""
        return "Your password can\N{RIGHT SINGLE QUOTATION MARK}t be made of commonly used ones."

    def _is_common_again_and_again(self, text: str) -> bool:
        parts = (text[: len(text) // times] for times in range(1, _PIECES + 2))
        return any(part and part in self.common and not text.replace(part, "") for part in parts)

    def _falls_into_common_pieces(self, text: str) -> bool:
        # Digits alone, or one character, hold no words: what looks like one is a matter of chance.
        most_words = 0 if text.isdigit() or len(set(text)) == 1 else _WORDS
        # By how many words, repetitions and rows, and additions each place can be reached.
        ways: list[set[tuple[int, int, int]]] = [{(0, 0, 0)}, *(set() for _ in text)]
        for start, found in enumerate(ways[:-1]):
            for words, rows, added in found:
                if words + rows + added == _PIECES:
                    continue
                for end in self._ends_of_words(text, start) if words < most_words else ():
                    ways[end].add((words + 1, rows, added))
                for end in _ends_of_rows(text, start):
                    ways[end].add((words, rows + 1, added))
                if match := _ADDED.match(text, start):
                    ways[match.end()].add((words, rows, added + 1))
        short = len(text) < _LONG_ENOUGH
        return any(words or (short and not added) for words, _, added in ways[-1])

    def _ends_of_words(self, text: str, start: int) -> Iterator[int]:
        for end in range(start + _SHORTEST_WORD, min(len(text), start + self.longest) + 1):
            piece = text[start:end]
            if piece in self.words or piece.translate(_READ_AS) in self.words:
                yield end


def _ends_of_rows(text: str, start: int) -> Iterator[int]:
    """Tell where a repetition ends that begins here, and where a row of neighbours does."""
    if match := _REPEATED.match(text, start):
        yield match.end()
    for step in (1, -1):
        end = start + 1
        while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        if end - start > _SHORTEST_ROW:
            yield end
