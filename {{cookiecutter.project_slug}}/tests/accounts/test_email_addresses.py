"""One mailbox has one canonical email address for every spelling."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.fields import EmailFormField, canonical_email, email_key
from accounts.models import User

SPELLINGS = {
    "ada@example.com": [
        " ADA@Example.COM\r\n",
        "\N{NO-BREAK SPACE}ada@example.com\N{IDEOGRAPHIC SPACE}",
        "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "ada@example\N{IDEOGRAPHIC FULL STOP}com",
    ],
    "mike@stra.org": ["mi\N{KELVIN SIGN}e@\N{LATIN SMALL LETTER LONG S}tra.org"],
    "victim@strasse.example.org": ["victim@STRASSE.example.org"],
    "victim@xn--strae-oqa.example.org": [
        "victim@straße.example.org",
        "victim@STRA\N{LATIN CAPITAL LETTER SHARP S}E.example.org",
        "victim@XN--STRAE-OQA.Example.org",
    ],
    "a@xn--bcher-kva.example": ["a@bücher.example", "a@bu\N{COMBINING DIAERESIS}cher.example"],
    "a@xn--mgbh0fb.xn--kgbechtv": ["a@مثال.إختبار"],
    "a@xn--exmple-4nf.com": ["a@ex\N{CYRILLIC SMALL LETTER A}mple.com"],
    "a%40b@example.org": ["A%40b@example.org"],
    "o'hara+x!#$&*/=?^_`{|}~-.y@example.org": ["O'Hara+x!#$&*/=?^_`{|}~-.y@example.org"],
    "a@ab--cd.example": ["a@AB--cd.example"],
    "a@localhost": ["a@LocalHost"],
    # 254 octets, 64 of them before the @
    f"{'a' * 64}@{'b' * 61}.{'b' * 61}.{'b' * 61}.org": [
        f"{'a' * 64}@{'B' * 61}.{'b' * 61}.{'b' * 61}.org"
    ],
}
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
INVALID = [
    *("", "@", "ada", "ada@", "@example.org"),
    *("a@@example.org", "a@evil＠example.org", "a@evil@example.org"),
    *("a b@example.org", "a,b@example.org", "a;b@example.org"),
    *("<a@example.org>", "Ada <a@example.org>", "a@example.org\r\nBcc: b@example.org"),
    *('"ada"@example.org', '"a@b"@example.org'),
    *(".a@example.org", "a.@example.org", "a..b@example.org"),
    "m\N{LATIN SMALL LETTER DOTLESS I}ke@example.org",
    "m\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ke@example.org",
    "\N{CYRILLIC SMALL LETTER A}dmin@example.org",
    *("a@example.org.", "a@.example.org", "a@example..org", "a@-example.org"),
    *("a@exa_mple.org", "a@exa%6dple.org", "a@example.org:25", "a@example.org/"),
    *("a@[127.0.0.1]", "a@[IPv6:::1]", "a@[::1]", "a@127.0.0.1"),
    *("a@xn--.org", "a@xn--strasse-.org", "a@xn---bbk.org", "a@xn--a.org", "a@xn--99999999.org"),
    *("a@☃.org", "a@😀.org", "a@" + "\ufdfa" * 20 + ".org"),
    *(f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", f"a@{'ü' * 60}.org"),
    f"{'a' * 64}@{('b' * 60 + '.') * 3}ccccc.org",
    *(f"{'x' * 10_000}@example.org", f"a@{'ü' * 10_000}.org", "\ufdfa" * 10_000),
    f"a@example.org{' ' * 2000}x",
]


@pytest.mark.parametrize(
    ("email", "spelling"),
    [(email, spelling) for email, typed in SPELLINGS.items() for spelling in [email, *typed]],
)
def test_every_spelling_has_one_canonical_form(email: str, spelling: str) -> None:
    """C01, C02."""
    assert canonical_email(spelling) == email
    assert email_key(spelling) == email
    assert EmailFormField().clean(spelling) == email
    assert User._meta.get_field("email").formfield().clean(spelling) == email  # noqa: SLF001 - Django's documented name


@pytest.mark.parametrize("typed", INVALID)
def test_text_that_is_no_email_address_is_rejected(typed: str) -> None:
    """C01, C04: ASCII, one spelling, and of a length that a mail server accepts."""
    with pytest.raises(ValidationError):
        canonical_email(typed)


@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
@pytest.mark.parametrize("place", ["al{}ice@example.org", "alice@exam{}ple.org"])
def test_invisible_character_is_rejected(character: str, place: str) -> None:
    """C02, C03: otherwise, one mailbox has many spellings."""
    with pytest.raises(ValidationError):
        canonical_email(place.format(character))


@pytest.mark.parametrize(
    ("character", "message"), [("\u200b", "invisible"), (" ", "Enter a valid email address")]
)
def test_message_names_an_invisible_character(character: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        canonical_email(f"alice@exam{character}ple.org")


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
