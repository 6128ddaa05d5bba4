"""Forged tokens, and the functions that make them.

Each is made from a good one by a single change, which is all that can have it refused: the same
steps without the change give a token that all four calls accept.
"""

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
OTHER_KIND = {"access": "refresh", "refresh": "access", "at+jwt": "rt+jwt", "rt+jwt": "at+jwt"}


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(header: object, claims: object, key: bytes = KEY, digest: str = "sha256") -> str:
    content = f"{encoded(header)}.{encoded(claims)}"
    return f"{content}.{encoded(hmac.digest(key, content.encode(), digest))}"


def unchanged(header: Json, claims: Json) -> str:
    return signed(header, claims)


def with_header(**changed: Any) -> Forgery:
    return lambda header, claims: signed(header | changed, claims)


def with_claims(**changed: Any) -> Forgery:
    return lambda header, claims: signed(header, claims | changed)


def with_time(claim: str, seconds: float, form: Callable[[float], object] = int) -> Forgery:
    """Return a forgery with a time in a claim, counted in seconds from when it is made."""
    return lambda header, claims: signed(header, claims | {claim: form(time.time() + seconds)})


def without_header(name: str) -> Forgery:
    return lambda header, claims: signed({k: header[k] for k in header if k != name}, claims)


def without_claim(name: str) -> Forgery:
    return lambda header, claims: signed(header, {k: claims[k] for k in claims if k != name})


def repeated(name: str, names: Json) -> bytes:
    """Write a JSON object that says the same thing twice."""
    return f"{json.dumps(names)[:-1]}, {json.dumps(name)}: {json.dumps(names[name])}}}".encode()


def unsigned(alg: object) -> Forgery:
    return lambda header, claims: f"{encoded(header | {'alg': alg})}.{encoded(claims)}."


def with_own_key(**changed: Any) -> Forgery:
    """Signed with a key that the header brings along, or says where to find."""
    return lambda header, claims: signed(header | changed, claims, OTHER_KEY)


def rewritten(change: Callable[[str, str, str], str]) -> Forgery:
    """With the three parts of a good token put together in another way."""
    return lambda header, claims: change(*signed(header, claims).split("."))


def another_subject(header: Json, claims: Json) -> str:
    first, _, last = signed(header, claims).split(".")
    return f"{first}.{encoded(claims | {'sub': str(uuid4())})}.{last}"


def each(name: str, make: Callable[[Any], Forgery], *values: object) -> dict[str, Forgery]:
    return {f"{name} {value!r:.40}": make(value) for value in values}


def with_raw_header(raw: bytes) -> Forgery:
    return lambda _header, claims: signed(raw, claims)


def with_raw_claims(raw: bytes) -> Forgery:
    return lambda header, _claims: signed(header, raw)


def in_another_form(name: str, change: Callable[[str], str]) -> Forgery:
    return lambda header, claims: signed(header, claims | {name: change(claims[name])})


def loosened(part: str) -> str:
    """Return another text that decodes to the same 32 bytes: the last two bits are not used."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


OTHER_AUDIENCE = {
    "access": f"{settings.JWT_AUDIENCE}#refresh",
    "refresh": settings.JWT_AUDIENCE,
}
# Forms that `uuid.UUID` accepts as well
UUID_FORMS: dict[str, Callable[[str], str]] = {
    "in upper case": str.upper,
    "in braces": lambda text: f"{{{text}}}",
    "in full-width digits": lambda text: text.translate({0x30 + n: 0xFF10 + n for n in range(10)}),
    "with other hyphens": lambda text: text.replace("-", "", 1) + "-",
}
NO_TEXT: tuple[object, ...] = (None, 1, [])
NO_NUMBER: tuple[object, ...] = (
    True,
    "",
    10**20,
    10**400,
    float("inf"),
    float("nan"),
    *NO_TEXT[::2],
)
BROKEN = (b"text", b"[" * 5000, b'{"n":%s}' % (b"1" * 5000), b'{"alg": "\xff"}')
OTHER_JWK = {"kty": "oct", "k": encoded(OTHER_KEY), "kid": KID, "alg": "HS256"}

FORGERIES: dict[str, Forgery] = {
    # Without a signature, or with one that is not ours (J01, J02, J03, J09)
    **each("no signature, alg", unsigned, "none", "nOnE", "", "HS256"),
    **each("alg", lambda alg: with_header(alg=alg), "none", "hs256", "HS384", "RS256", "HS256 "),
    **each("alg", lambda alg: with_header(alg=alg), "", ["HS256"], *NO_TEXT),
    "no alg": without_header("alg"),
    "HS512, right key": lambda h, c: signed(h | {"alg": "HS512"}, c, digest="sha512"),
    "another key": lambda h, c: signed(h, c, OTHER_KEY),
    "empty key": lambda h, c: signed(h, c, b""),
    "SECRET_KEY": lambda h, c: signed(h, c, settings.SECRET_KEY.encode()),
    "the key as it is written": lambda h, c: signed(h, c, _KEY.encode()),
    "changed claim": another_subject,
    "short signature": rewritten(lambda a, b, c: f"{a}.{b}.{c[:-4]}"),
    "null signature": rewritten(lambda a, b, _: f"{a}.{b}.{encoded(bytes(32))}"),
    "signature with loose bits": rewritten(lambda a, b, c: f"{a}.{b}.{loosened(c)}"),
    # Another key than the one named, or one out of the header (J05, J06)
    **each("kid", lambda kid: with_header(kid=kid), "unknown", "", "test-1", [KID], *NO_TEXT),
    "kid of 4 KB": with_header(kid=KID + "x" * 4096),
    "kid of a file": lambda h, c: signed(h | {"kid": "../../../../dev/null"}, c, b""),
    "kid of a query": lambda h, c: signed(h | {"kid": "x' UNION SELECT '1'; --"}, c, b"1"),
    "no kid": without_header("kid"),
    "jwk": with_own_key(jwk=OTHER_JWK),
    "jwk, no such kid": with_own_key(jwk=OTHER_JWK, kid="mine"),
    "jku": with_own_key(jku="http://127.0.0.1:9/keys.json", kid="mine"),
    "x5u": with_own_key(x5u="http://127.0.0.1:9/keys.pem", kid="mine"),
    # Headers that change how a token is read (A06)
    "jwk of this project": with_header(jwk={"kty": "oct", "k": _KEY, "kid": KID, "alg": "HS256"}),
    "jku of this project": with_header(jku="https://testserver/.well-known/jwks.json"),
    "crit": with_header(crit=["urgent"], urgent=True),
    "crit b64": with_header(crit=["b64"], b64=True),
    **each("crit", lambda crit: with_header(crit=crit), ["exp"], [], None, "exp"),
    "b64": with_header(b64=False),
    "zip": with_header(zip="DEF"),
    "cty": with_header(cty="JWT"),
    "x5c": with_header(x5c=[]),
    "unknown header": with_header(more=1),
    # Another kind of token (J16)
    **each(
        "header typ", lambda typ: with_header(typ=typ), "JWT", "", "AT+JWT", "RT+JWT", *NO_TEXT
    ),
    **each("claim typ", lambda typ: with_claims(typ=typ), "sliding", "", *NO_TEXT),
    "no header typ": without_header("typ"),
    "header typ with its prefix": lambda h, c: signed(h | {"typ": f"application/{h['typ']}"}, c),
    "header of the other kind": lambda h, c: signed(h | {"typ": OTHER_KIND[h["typ"]]}, c),
    "claim of the other kind": lambda h, c: signed(h, c | {"typ": OTHER_KIND[c["typ"]]}),
    "kind swapped in both": lambda h, c: signed(
        h | {"typ": OTHER_KIND[h["typ"]]}, c | {"typ": OTHER_KIND[c["typ"]]}
    ),
    "aud of the other kind": lambda h, c: signed(h, c | {"aud": OTHER_AUDIENCE[c["typ"]]}),
    # Claims that are missing or wrong (J10, J12, J13, J15, J28)
    **each("without", without_claim, "aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ"),
    **each("iss", lambda iss: with_claims(iss=iss), "https://testserver/", "", *NO_TEXT),
    "iss in a list": with_claims(iss=[settings.JWT_ISSUER]),
    **each("aud", lambda aud: with_claims(aud=aud), "https://testserver/", "", *NO_TEXT),
    "aud in a list": with_claims(aud=[settings.JWT_AUDIENCE]),
    "aud in a list of two": with_claims(aud=["https://other", settings.JWT_AUDIENCE]),
    **each("exp", lambda exp: with_claims(exp=exp), 0, -1, 253402300800, *NO_NUMBER),
    "exp over": with_time("exp", -1),
    "exp as text": with_time("exp", 300, lambda time: str(int(time))),
    "exp with a fraction": with_time("exp", 300, lambda time: int(time) + 0.5),
    **each("iat", lambda iat: with_claims(iat=iat), -1, -(2**63), *NO_NUMBER),
    "iat to come": with_time("iat", 600),
    "iat as text": with_time("iat", -5, lambda time: str(int(time))),
    "nbf to come": with_time("nbf", 600),
    **each("nbf", lambda nbf: with_claims(nbf=nbf), -1, 0.5, "0", 2**63 - 1, *NO_NUMBER),
    **{
        f"{name} {value!r}": with_claims(**{name: value})
        for name in ("sub", "sid", "jti")
        for value in ("", "1", "'; --", "x" * 36, "\ud800", *NO_TEXT)
    },
    **{
        f"{name} {form}": in_another_form(name, change)
        for name in ("sub", "sid", "jti")
        for form, change in UUID_FORMS.items()
    },
    **each("more", lambda more: with_claims(more=more), float("nan"), float("-inf")),
    "more 1e400": lambda h, c: signed(h, json.dumps(c).encode()[:-1] + b', "more": 1e400}'),
    # Other forms (J20, A06)
    "two parts": rewritten(lambda a, b, _c: f"{a}.{b}"),
    "four parts": rewritten(lambda a, b, c: f"{a}.{b}.{c}.{c}"),
    "dots": lambda _h, _c: "..",
    "encrypted, with much work": lambda _h, _c: ".".join(
        encoded(part)
        for part in (
            {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 2**31 - 1, "p2s": "c2FsdA"},
            *(b"key", b"iv", b"text", b"tag"),
        )
    ),
    "nested": lambda h, c: signed(h | {"cty": "JWT"}, signed(h, c).encode()),
    "JSON form": lambda h, c: json.dumps(
        dict(zip(("protected", "payload", "signature"), signed(h, c).split("."), strict=True)),
        separators=(",", ":"),
    ),
    "another format": lambda _h, c: signing.dumps(c),
    "header is a list": lambda h, c: signed([h], c),
    "claims are a list": lambda h, c: signed(h, [c]),
    **each("header", with_raw_header, *BROKEN),
    **each("claims", with_raw_claims, *BROKEN),
    "a header name twice": lambda h, c: signed(repeated("alg", h), c),
    "a claim twice": lambda h, c: signed(h, repeated("sub", c)),
    "a name twice within a claim": lambda h, c: signed(
        h, json.dumps(c).encode()[:-1] + b', "more": {"a": 1, "a": 1}}'
    ),
    **each("then", lambda end: lambda h, c: signed(h, c) + end, "=", ".", "\n", "\u00e9"),
    "header padded": rewritten(lambda a, b, c: f"{a}=.{b}.{c}"),
    "in the other alphabet": rewritten(lambda a, b, c: f"{a}.{b}.+/{c[2:]}"),
    "pictures": lambda _h, _c: "\U0001f600.\U0001f600.\U0001f600",
    "longer than a token may be": with_claims(more="x" * 8192),
    "much longer": lambda _h, _c: "x" * 200_000,
}


def made(forgery: Forgery, genuine: str) -> str:
    return forgery(jwt.get_unverified_header(genuine), claims_of(genuine))
