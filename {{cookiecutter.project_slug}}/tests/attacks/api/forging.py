"""Forged tokens: a good one with a single change, which is all that can have it refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings
from django.core import signing

from tests.token_auth.api import claims as claims_of

Json = dict[str, Any]
Forgery = Callable[[Json, Json], str]

KID, _KEY = next(iter(settings.JWT_SIGNING_KEYS.items()))
KEY = base64.urlsafe_b64decode(_KEY + "=" * (-len(_KEY) % 4))
OTHER_KEY = b"another project's key, as long as our own keys"
MISSING: Any = object()


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, claims: object, key: bytes = KEY, digest: str = "sha256") -> str:
    content = f"{encoded(header)}.{encoded(claims)}"
    return f"{content}.{encoded(hmac.digest(key, content.encode(), digest))}"


def made(forgery: Forgery, genuine: str) -> str:
    """Return a forgery of a good token."""
    return forgery(jwt.get_unverified_header(genuine), claims_of(genuine))


def unchanged(header: Json, claims: Json) -> str:
    return signed(header, claims)


def changed(part: Json, changes: Json) -> Json:
    """Return a copy with other values; a function makes one of the value that was there."""
    return {
        name: value(part[name]) if callable(value) else value
        for name, value in (part | changes).items()
        if value is not MISSING
    }


def with_header(key: bytes = KEY, **changes: Any) -> Forgery:
    return lambda header, claims: signed(changed(header, changes), claims, key)


def with_claims(**changes: Any) -> Forgery:
    return lambda header, claims: signed(header, changed(claims, changes))


def with_time(claim: str, seconds: float, form: Callable[[float], object] = int) -> Forgery:
    """Return a forgery with a time in a claim, in seconds from its creation."""
    return lambda header, claims: signed(header, claims | {claim: form(time.time() + seconds)})


def rewritten(change: Callable[[str, str, str], str]) -> Forgery:
    """Return a forgery with the parts of a valid token, joined in another way."""
    return lambda header, claims: change(*signed(header, claims).split("."))


def unsigned(alg: str) -> Forgery:
    return lambda header, claims: f"{encoded(header | {'alg': alg})}.{encoded(claims)}."


def broken_header(raw: bytes) -> Forgery:
    return lambda _, claims: signed(raw, claims)


def broken_claims(raw: bytes) -> Forgery:
    return lambda header, _: signed(header, raw)


def followed_by(end: str) -> Forgery:
    return lambda header, claims: signed(header, claims) + end


def and_more(part: Json, more: str) -> bytes:
    """Return a JSON object with text at its end that Python would not write."""
    return f"{json.dumps(part)[:-1]}, {more}}}".encode()


def another_subject(header: Json, claims: Json) -> str:
    first, _, last = signed(header, claims).split(".")
    return f"{first}.{encoded(claims | {'sub': str(uuid4())})}.{last}"


def loosened(part: str) -> str:
    """Return another text that decodes to the same 32 bytes: the last two bits are not used."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


def as_json(token: str) -> str:
    """Return the JSON form of a token, which RFC 7515 has as well."""
    parts = zip(("protected", "payload", "signature"), token.split("."), strict=True)
    return json.dumps(dict(parts), separators=(",", ":"))


OTHER_KIND = {"access": "refresh", "refresh": "access", "at+jwt": "rt+jwt", "rt+jwt": "at+jwt"}
ISSUER, AUDIENCE = settings.JWT_ISSUER, settings.JWT_AUDIENCE
OTHER_AUDIENCE = {AUDIENCE: f"{AUDIENCE}#refresh", f"{AUDIENCE}#refresh": AUDIENCE}
JWK = {"kty": "oct", "k": _KEY, "kid": KID, "alg": "HS256"}
OTHER_JWK = JWK | {"k": encoded(OTHER_KEY)}
NAN, INFINITY = float("nan"), float("inf")
NO_TEXT: tuple[object, ...] = (None, 1, [])
NO_NUMBER: tuple[object, ...] = (True, "", 10**20, 10**400, INFINITY, NAN, None, [])
NO_ID = ("", "1", "'; --", "x" * 36, "\ud800", *NO_TEXT)
BROKEN = (b"text", b"[" * 5000, b'{"n":%s}' % (b"1" * 5000), b'{"alg": "\xff"}')
ENCRYPTED: tuple[object, ...] = (
    {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2**31 - 1, "p2s": "c2FsdA"},
    *(b"key", b"iv", b"text", b"tag"),
)
HEADERS: dict[str, tuple[Any, ...]] = {
    "alg": ("none", "hs256", "HS384", "RS256", "HS256 ", "", ["HS256"], *NO_TEXT),
    "kid": ("unknown", "", "test-1", [KID], KID + "x" * 4096, *NO_TEXT),
    "typ": ("JWT", "", "AT+JWT", "RT+JWT", *NO_TEXT),
    # Headers that change how a token is read (A06)
    "crit": (["exp"], [], None, "exp"),
    "jku": ("https://testserver/.well-known/jwks.json",),
    "jwk": (JWK,),
    "b64": (False,),
    "zip": ("DEF",),
    "cty": ("JWT",),
    "x5c": ([],),
    "more": (1,),
}
CLAIMS: dict[str, tuple[Any, ...]] = {
    "typ": ("sliding", "", *NO_TEXT),
    "iss": ("https://testserver/", "", [ISSUER], *NO_TEXT),
    "aud": ("https://testserver/", "", [AUDIENCE], ["https://other", AUDIENCE], *NO_TEXT),
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

FORGERIES: dict[str, Forgery] = {
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
    **{f"unsigned, alg {alg!r}": unsigned(alg) for alg in ("none", "nOnE", "", "HS256")},
    "HS512, right key": lambda h, c: signed(h | {"alg": "HS512"}, c, digest="sha512"),
    "another key": with_header(OTHER_KEY),
    "empty key": with_header(b""),
    "SECRET_KEY": with_header(settings.SECRET_KEY.encode()),
    "the key as it is written": with_header(_KEY.encode()),
    "changed claim": another_subject,
    "short signature": rewritten(lambda a, b, c: f"{a}.{b}.{c[:-4]}"),
    "null signature": rewritten(lambda a, b, _: f"{a}.{b}.{encoded(bytes(32))}"),
    "signature with loose bits": rewritten(lambda a, b, c: f"{a}.{b}.{loosened(c)}"),
    # A key of the attacker's choice (J05, J06)
    "kid of a file": with_header(b"", kid="../../../../dev/null"),
    "kid of a query": with_header(b"1", kid="x' UNION SELECT '1'; --"),
    "jwk": with_header(OTHER_KEY, jwk=OTHER_JWK),
    "jwk, no such kid": with_header(OTHER_KEY, jwk=OTHER_JWK, kid="mine"),
    "jku": with_header(OTHER_KEY, jku="http://127.0.0.1:9/keys.json", kid="mine"),
    "x5u": with_header(OTHER_KEY, x5u="http://127.0.0.1:9/keys.pem", kid="mine"),
    "crit": with_header(crit=["urgent"], urgent=True),
    "crit b64": with_header(crit=["b64"], b64=True),
    # Another kind of token (J16)
    "header typ with its prefix": with_header(typ=lambda typ: f"application/{typ}"),
    "header of the other kind": with_header(typ=OTHER_KIND.get),
    "claim of the other kind": with_claims(typ=OTHER_KIND.get),
    "kind swapped in both": lambda h, c: signed(
        h | {"typ": OTHER_KIND[h["typ"]]}, c | {"typ": OTHER_KIND[c["typ"]]}
    ),
    "aud of the other kind": with_claims(aud=OTHER_AUDIENCE.get),
    # Another time (J10)
    "exp over": with_time("exp", -1),
    "exp as text": with_time("exp", 300, lambda time: str(int(time))),
    "exp with a fraction": with_time("exp", 300, lambda time: int(time) + 0.5),
    "iat to come": with_time("iat", 600),
    "iat as text": with_time("iat", -5, lambda time: str(int(time))),
    "nbf to come": with_time("nbf", 600),
    # Other forms (J20, A06)
    **{f"header {raw!r:.40}": broken_header(raw) for raw in BROKEN},
    **{f"claims {raw!r:.40}": broken_claims(raw) for raw in BROKEN},
    **{f"then {end!r}": followed_by(end) for end in ("=", ".", "\n", "\u00e9")},
    "header is a list": lambda h, c: signed([h], c),
    "claims are a list": lambda h, c: signed(h, [c]),
    "a header name twice": lambda h, c: signed(and_more(h, '"alg": "HS256"'), c),
    "a claim twice": lambda h, c: signed(h, and_more(c, f'"sub": "{c["sub"]}"')),
    "a name twice in a claim": lambda h, c: signed(h, and_more(c, '"more": {"a": 1, "a": 1}')),
    "more 1e400": lambda h, c: signed(h, and_more(c, '"more": 1e400')),
    "two parts": rewritten(lambda a, b, _: f"{a}.{b}"),
    "four parts": rewritten(lambda a, b, c: f"{a}.{b}.{c}.{c}"),
    "header padded": rewritten(lambda a, b, c: f"{a}=.{b}.{c}"),
    "in the other alphabet": rewritten(lambda a, b, c: f"{a}.{b}.+/{c[2:]}"),
    "encrypted, with much work": lambda *_: ".".join(encoded(part) for part in ENCRYPTED),
    "nested": lambda h, c: signed(h | {"cty": "JWT"}, signed(h, c).encode()),
    "JSON form": lambda h, c: as_json(signed(h, c)),
    "another format": lambda _, c: signing.dumps(c),
    "dots": lambda *_: "..",
    "pictures": lambda *_: "\U0001f600.\U0001f600.\U0001f600",
    "longer than a token may be": with_claims(more="x" * 8192),
    "much longer": lambda *_: "x" * 200_000,
}
