"""J: every variant of a forged token, and URLs in one."""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core import signing
from rest_framework.test import APIClient

from tests.attacks.api.forging import (
    AUDIENCE,
    GOOD,
    JWK,
    KID,
    MISSING,
    OTHER_KEY,
    OTHER_KIND,
    Forgery,
    and_more,
    answers_to,
    encoded,
    made,
    rewritten,
    signed,
    unsigned,
    with_claims,
    with_header,
    with_time,
)
from tests.token_auth.api import ME, Pair, client, refresh


def broken_header(raw: bytes) -> Forgery:
    return lambda _, claims: signed(raw, claims)


def broken_claims(raw: bytes) -> Forgery:
    return lambda header, _: signed(header, raw)


def followed_by(end: str) -> Forgery:
    return lambda header, claims: signed(header, claims) + end


def as_json(token: str) -> str:
    """Return the JSON form of a token, which RFC 7515 has as well."""
    parts = zip(("protected", "payload", "signature"), token.split("."), strict=True)
    return json.dumps(dict(parts), separators=(",", ":"))


ISSUER = settings.JWT_ISSUER
WRITTEN_KEY = settings.JWT_SIGNING_KEYS[KID]
OWN_JWK = JWK | {"k": WRITTEN_KEY}
NAN, INFINITY = float("nan"), float("inf")
NO_TEXT: tuple[object, ...] = (None, 1, [])
NO_NUMBER: tuple[object, ...] = (True, "", 10**20, 10**400, INFINITY, NAN, None, [])
NO_ID = ("", "'; --", "x" * 36, "\ud800", *NO_TEXT)
BROKEN = (b"text", b"[" * 5000, b'{"n":%s}' % (b"1" * 5000), b'{"alg": "\xff"}')
ENCRYPTED: tuple[object, ...] = (
    {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2**31 - 1, "p2s": "c2FsdA"},
    *(b"key", b"iv", b"text", b"tag"),
)
HEADERS: dict[str, tuple[Any, ...]] = {
    "alg": ("none", "hs256", "RS256", "HS256 ", "", ["HS256"], *NO_TEXT),
    "kid": ("", "test-1", [KID], KID + "x" * 4096, *NO_TEXT),
    "typ": ("", "AT+JWT", "RT+JWT", *NO_TEXT),
    # Headers that change how a token is read (A06)
    "crit": (["exp"], [], None, "exp"),
    "jku": ("https://testserver/.well-known/jwks.json",),
    "jwk": (OWN_JWK,),
    "b64": (False,),
    "zip": ("DEF",),
    "cty": ("JWT",),
    "x5c": ([],),
}
CLAIMS: dict[str, tuple[Any, ...]] = {
    "typ": ("sliding", "", *NO_TEXT),
    "iss": ("", [ISSUER], *NO_TEXT),
    "aud": ("https://testserver/", "", [AUDIENCE], *NO_TEXT),
    "exp": (0, -1, 253402300800, *NO_NUMBER),
    "iat": (-1, -(2**63), *NO_NUMBER),
    "nbf": (-1, 0.5, "0", 2**63 - 1, *NO_NUMBER),
    **dict.fromkeys(("sub", "sid", "jti"), NO_ID),
    "more": (NAN, -INFINITY),
}
# Forms that `uuid.UUID` accepts as well
UUID_FORMS: dict[str, Callable[[str], str]] = {
    "in upper case": str.upper,
    "in braces": lambda text: f"{{{text}}}",
    "in full-width digits": lambda text: text.translate({0x30 + n: 0xFF10 + n for n in range(10)}),
    "with other hyphens": lambda text: text.replace("-", "", 1) + "-",
}

VARIANTS: dict[str, Forgery] = {
    # Another header or claim, or none (J01 to J05, J10, J12, J13, J15, J16, J28)
    **{
        f"header {name} {value!r:.40}": with_header(**{name: value})
        for name, values in HEADERS.items()
        for value in values
    },
    **{
        f"claim {name} {value!r:.40}": with_claims(**{name: value})
        for name, values in CLAIMS.items()
        for value in values
    },
    **{f"header without {name}": with_header(**{name: MISSING}) for name in ("alg", "kid", "typ")},
    **{
        f"claims without {name}": with_claims(**{name: MISSING})
        for name in ("aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ")
    },
    **{
        f"claim {name} {form}": with_claims(**{name: change})
        for name in ("sub", "sid", "jti")
        for form, change in UUID_FORMS.items()
    },
    # Without a signature, or with one that is not ours (J01, J02, J03, J09)
    "unsigned, alg HS256": unsigned("HS256"),
    **{f"unsigned, alg {alg!r}": unsigned(alg) for alg in ("nOnE", "")},
    "empty key": with_header(b""),
    "the key as it is written": with_header(WRITTEN_KEY.encode()),
    "null signature": rewritten(lambda a, b, _: f"{a}.{b}.{encoded(bytes(32))}"),
    "short signature": rewritten(lambda a, b, c: f"{a}.{b}.{c[:-4]}"),
    # A key of the attacker's choice (J05, J06)
    "kid of a file": with_header(b"", kid="../../../../dev/null"),
    "kid of a query": with_header(b"1", kid="x' UNION SELECT '1'; --"),
    "jwk, no such kid": with_header(OTHER_KEY, jwk=JWK, kid="mine"),
    "jku": with_header(OTHER_KEY, jku="http://127.0.0.1:9/keys.json", kid="mine"),
    "x5u": with_header(OTHER_KEY, x5u="http://127.0.0.1:9/keys.pem", kid="mine"),
    "another header": with_header(more=1),
    "crit b64": with_header(crit=["b64"], b64=True),
    # Another kind of token (J16)
    "header typ with its prefix": with_header(typ=lambda typ: f"application/{typ}"),
    "kind swapped in both": lambda h, c: signed(
        h | {"typ": OTHER_KIND[h["typ"]]}, c | {"typ": OTHER_KIND[c["typ"]]}
    ),
    # Another time (J10)
    "exp as text": with_time("exp", 300, lambda time: str(int(time))),
    "exp with a fraction": with_time("exp", 300, lambda time: int(time) + 0.5),
    "iat to come": with_time("iat", 600),
    "iat as text": with_time("iat", -5, lambda time: str(int(time))),
    # Other forms (J20, A06)
    **{f"header {raw!r:.40}": broken_header(raw) for raw in BROKEN},
    **{f"claims {raw!r:.40}": broken_claims(raw) for raw in BROKEN},
    **{f"then {end!r}": followed_by(end) for end in ("=", ".", "\n", "\u00e9")},
    "header is a list": lambda h, c: signed([h], c),
    "a header name twice": lambda h, c: signed(and_more(h, '"alg": "HS256"'), c),
    "a name twice in a claim": lambda h, c: signed(h, and_more(c, '"more": {"a": 1, "a": 1}')),
    "more 1e400": lambda h, c: signed(h, and_more(c, '"more": 1e400')),
    "two parts": rewritten(lambda a, b, _: f"{a}.{b}"),
    "four parts": rewritten(lambda a, b, c: f"{a}.{b}.{c}.{c}"),
    "in the other alphabet": rewritten(lambda a, b, c: f"{a}.{b}.+/{c[2:]}"),
    "encrypted, with much work": lambda *_: ".".join(encoded(part) for part in ENCRYPTED),
    "nested": lambda h, c: signed(h | {"cty": "JWT"}, signed(h, c).encode()),
    "JSON form": lambda h, c: as_json(signed(h, c)),
    "another format": lambda _, c: signing.dumps(c),
    "dots": lambda *_: "..",
    "pictures": lambda *_: "\U0001f600.\U0001f600.\U0001f600",
    "much longer": lambda *_: "x" * 200_000,
}


@pytest.mark.parametrize("name", VARIANTS)
def test_j01_to_j28_forged_token_is_rejected(api: APIClient, pair: Pair, name: str) -> None:
    """A06, J01, J02, J03, J05, J06, J09, J10, J12, J13, J15, J16, J20, J28.

    ASVS 9.1.1 to 9.1.3, 9.2.1 to 9.2.4, 11.1.2, 16.5.3, RFC 8725 sections 2 and 3: at
    every endpoint that reads a token, and the honest client stays signed in.
    """
    assert answers_to(api, VARIANTS[name], pair) == dict.fromkeys(GOOD, 401)

    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()["name"] == "Ada"
    assert refresh(pair)


def test_j06_url_in_a_token_header_is_not_fetched(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J06, ASVS 1.3.6, 9.1.3: until the test makes one itself, no address is looked up."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def noted(host: str, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    address = "http://keys.invalid/keys.json"
    for name in ("jku", "x5u"):
        forged = made(with_header(OTHER_KEY, **{name: address}), pair["access"])
        assert client(forged).get(ME).status_code == 401
    assert "keys.invalid" not in asked

    with suppress(OSError):
        urlopen(address)
    assert "keys.invalid" in asked
