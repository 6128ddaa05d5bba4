"""Password validators that Django does not provide."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MAXIMUM_PIECES = 3
MAXIMUM_WORDS = 2
MINIMUM_WORD_LENGTH = 4
MINIMUM_SEQUENCE_LENGTH = 3
# From this length on, a password of repetitions and sequences alone is accepted.
LONG_ENOUGH = 64
_ADDITION = re.compile(r"\d+|[\W_]+")
_REPETITION = re.compile(r"([!-~])\1+")
_SUBSTITUTES = str.maketrans("@4310$57!8", "aaeiosstib")


class MaximumLengthValidator:
    """Validator that limits the length, and so the cost of hashing (ASVS 6.2.9, 15.2.2).

    Args:
        max_length: the maximum length in characters.
    """

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return ngettext(
            "Your password can have at most %(count)d character.",
            "Your password can have at most %(count)d characters.",
            self.max_length,
        ) % {"count": self.max_length}


class CommonPiecesValidator:
    """Validator that rejects passwords made of common pieces (ASVS 6.2.4, 6.2.11).

    Django's list of common passwords has few entries of the required length. Users reach it by
    combining two common passwords or by adding digits and symbols. A password is therefore
    rejected if it consists of at most three pieces: one or two common passwords or words of this
    service with additions, or only repetitions and sequences.

    Examples: `Summer2026!!!` consists of a common password and two additions: rejected.
    `p@ssw0rdqwerty` consists of two common passwords, one with substitutes for letters: rejected.
    `abcdefgh1234` consists of two sequences: rejected. `summer by the sea` would take more pieces:
    accepted.

    Args:
        own_words: words that are easy to guess here, such as the name of the service.
    """

    def __init__(self, own_words: Iterable[str] = ()) -> None:
        self.common = CommonPasswordValidator().passwords
        self.words = self.common | {word.lower() for word in own_words}
        self.longest = max(len(word) for word in self.words)

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 - Django's signature
        text = password.lower()
        if self._is_repeated_common_password(text) or self._consists_of_common_pieces(text):
            message = _("This password is a combination of common passwords. Add more words.")
            raise ValidationError(message, code="password_too_common")

    def get_help_text(self) -> str:
        return _("Your password cannot combine commonly used passwords.")

    def _is_repeated_common_password(self, text: str) -> bool:
        parts = (text[: len(text) // times] for times in range(1, MAXIMUM_PIECES + 2))
        return any(part and part in self.common and not text.replace(part, "") for part in parts)

    def _consists_of_common_pieces(self, text: str) -> bool:
        # In digits alone or a single repeated character, words are a coincidence.
        maximum_words = 0 if text.isdigit() or len(set(text)) == 1 else MAXIMUM_WORDS
        # For each position, the numbers of words, sequences and additions that can precede it.
        counts: list[set[tuple[int, int, int]]] = [{(0, 0, 0)}, *(set() for _ in text)]
        for start, before in enumerate(counts[:-1]):
            for words, sequences, additions in before:
                if words + sequences + additions == MAXIMUM_PIECES:
                    continue
                for end in self._ends_of_words(text, start) if words < maximum_words else ():
                    counts[end].add((words + 1, sequences, additions))
                for end in _ends_of_sequences(text, start):
                    counts[end].add((words, sequences + 1, additions))
                if match := _ADDITION.match(text, start):
                    counts[match.end()].add((words, sequences, additions + 1))
        short = len(text) < LONG_ENOUGH
        return any(words or (short and not additions) for words, _, additions in counts[-1])

    def _ends_of_words(self, text: str, start: int) -> Iterator[int]:
        for end in range(start + MINIMUM_WORD_LENGTH, min(len(text), start + self.longest) + 1):
            piece = text[start:end]
            if piece in self.words or piece.translate(_SUBSTITUTES) in self.words:
                yield end


def _ends_of_sequences(text: str, start: int) -> Iterator[int]:
    """Yield each end of a repetition (`aaa`) or sequence (`abc`, `321`) from `start`."""
    if match := _REPETITION.match(text, start):
        yield match.end()
    for step in (1, -1):
        end = start + 1
        while end < len(text) and ord(text[end]) - ord(text[end - 1]) == step:
            end += 1
        if end - start >= MINIMUM_SEQUENCE_LENGTH:
            yield end
