"""Passwords and email addresses, tested with more inputs than anyone would write down."""

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.fields import canonical_email, email_key
from accounts.password_validation import CommonPiecesValidator

RULE = CommonPiecesValidator()
INVISIBLE = {
    "soft hyphen": "\u00ad",
    "zero width joiner": "\u200d",
    "right-to-left override": "\u202e",
    "byte order mark": "\ufeff",
    "variation selector": "\ufe0f",
    "grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "Mongolian vowel separator": "\u180e",
    "tag": "\U000e0041",
    "NUL": "\0",
    "line feed": "\n",
    "surrogate": "\ud800",
    "unassigned": "\uffff",
}
SPELLINGS = {
    "ada@example.com": ["\N{NO-BREAK SPACE}ada@example.com\N{IDEOGRAPHIC SPACE}"],
    "mike@stra.org": ["mi\N{KELVIN SIGN}e@\N{LATIN SMALL LETTER LONG S}tra.org"],
    "victim@xn--strae-oqa.example.org": [
        "victim@STRA\N{LATIN CAPITAL LETTER SHARP S}E.example.org",
        "victim@XN--STRAE-OQA.Example.org",
    ],
    "a@xn--bcher-kva.example": ["a@bücher.example", "a@bu\N{COMBINING DIAERESIS}cher.example"],
    "a@xn--mgbh0fb.xn--kgbechtv": ["a@مثال.إختبار"],
    "a@xn--exmple-4nf.com": ["a@ex\N{CYRILLIC SMALL LETTER A}mple.com"],
    "a%40b@example.org": ["A%40b@example.org"],
    "o'hara+x!#$&*/=?^_`{|}~-.y@example.org": ["O'Hara+x!#$&*/=?^_`{|}~-.y@example.org"],
}
INVALID = [
    *("@", "ada@", "@example.org", "a@@example.org", "a@evil@example.org", "a b@example.org"),
    *("a,b@example.org", "a;b@example.org", "<a@example.org>", "a@example.org\r\nBcc: b@e.org"),
    *('"a@b"@example.org', ".a@example.org", "a.@example.org", "a..b@example.org"),
    "m\N{LATIN SMALL LETTER DOTLESS I}ke@example.org",
    "m\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ke@example.org",
    *("a@example.org.", "a@.example.org", "a@example..org", "a@-example.org"),
    *("a@exa_mple.org", "a@exa%6dple.org", "a@example.org:25", "a@example.org/"),
    *("a@[IPv6:::1]", "a@[::1]", "a@[127.0.0.1]", "a@☃.org", "a@😀.org"),
    *("a@xn--.org", "a@xn--strasse-.org", "a@xn---bbk.org", "a@xn--a.org", "a@xn--99999999.org"),
    *(f"a@{'b' * 64}.org", f"a@{'ü' * 60}.org", "a@" + "\ufdfa" * 20 + ".org"),
    *(f"{'x' * 10_000}@example.org", f"a@{'ü' * 10_000}.org", "\ufdfa" * 10_000),
]


@pytest.mark.parametrize(
    ("email", "spelling"),
    [(email, spelling) for email, typed in SPELLINGS.items() for spelling in [email, *typed]],
)
def test_every_spelling_has_one_canonical_form(email: str, spelling: str) -> None:
    """C01, C02."""
    assert canonical_email(spelling) == email_key(spelling) == email


@pytest.mark.parametrize("typed", INVALID)
def test_text_that_is_no_email_address_is_rejected(typed: str) -> None:
    """C01, C04."""
    with pytest.raises(ValidationError):
        canonical_email(typed)


@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
@pytest.mark.parametrize("place", ["al{}ice@example.org", "alice@exam{}ple.org"])
def test_invisible_character_is_rejected(character: str, place: str) -> None:
    """C02, C03: otherwise, one mailbox has many spellings."""
    with pytest.raises(ValidationError):
        canonical_email(place.format(character))


@given(st.text() | st.builds("{}@{}.{}".format, st.text(), st.text(), st.text()))
def test_any_text_is_rejected_or_has_a_stable_canonical_form(typed: str) -> None:
    try:
        email = canonical_email(typed)
    except ValidationError:
        return
    assert email.isascii()
    assert email == email.lower()
    assert len(email) <= 254
    assert canonical_email(email) == email
    # What Django does to an address before it is mailed changes nothing any more.
    assert email.partition("@")[2].encode("idna").decode("ascii") == email.partition("@")[2]


def is_common(password: str) -> bool:
    try:
        RULE.validate(password)
    except ValidationError as error:
        return error.code == "password_too_common"
    return False


def test_thousands_of_common_passwords_of_the_minimum_length_are_rejected() -> None:
    """ASVS 6.2.4 asks for 3000; these are made by the ways in which people lengthen them."""
    common = sorted(word for word in CommonPasswordValidator().passwords if len(word) >= 6)[:2000]
    lengthened = {f"{word}{more}" for word in common for more in ("2026!!", "123456", word)}
    long = [word for word in lengthened if len(word) >= 12 and not word.isdigit()]

    assert len(long) > 3000
    assert [word for word in long if not is_common(word)] == []
