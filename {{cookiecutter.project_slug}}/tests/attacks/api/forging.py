"""Forged tokens: each is a good token with one change, which alone can have it refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings
from rest_framework.test import APIClient

from tests.token_auth.api import ME, REFRESH, REVOKE, Pair
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


GOOD = {"GET me": 200, "PATCH me": 200, "refresh": 200, "revoke": 204}


def answers_to(api: APIClient, forgery: Forgery, pair: Pair) -> dict[str, int]:
    """Present a forged access token and a forged refresh token to all that read one."""
    # Servers pass the bytes of a header on as if they were Latin-1.
    access = "Bearer " + made(forgery, pair["access"]).encode().decode("latin-1")
    refresh = {"refresh": made(forgery, pair["refresh"])}
    answers = {
        "GET me": api.get(ME, HTTP_AUTHORIZATION=access),
        "PATCH me": api.patch(ME, {"name": "Eve"}, HTTP_AUTHORIZATION=access),
        "refresh": api.post(REFRESH, refresh),
        "revoke": api.post(REVOKE, refresh),
    }
    return {target: answer.status_code for target, answer in answers.items()}


AUDIENCE = settings.JWT_AUDIENCE
OTHER_KIND = {"access": "refresh", "refresh": "access", "at+jwt": "rt+jwt", "rt+jwt": "at+jwt"}
OTHER_AUDIENCE = {AUDIENCE: f"{AUDIENCE}#refresh", f"{AUDIENCE}#refresh": AUDIENCE}
JWK = {"kty": "oct", "k": encoded(OTHER_KEY), "kid": KID, "alg": "HS256"}

# One for each rule. The tests of the template have many more for each.
FORGERIES: dict[str, Forgery] = {
    # Without a signature, or with one that is not ours (J01, J02, J03, J09)
    "unsigned, alg none": unsigned("none"),
    "HS512, right key": lambda h, c: signed(h | {"alg": "HS512"}, c, digest="sha512"),
    "HS384, signed with HS256": with_header(alg="HS384"),
    "another key": with_header(OTHER_KEY),
    "SECRET_KEY": with_header(settings.SECRET_KEY.encode()),
    "changed claim": another_subject,
    "signature with loose bits": rewritten(lambda a, b, c: f"{a}.{b}.{loosened(c)}"),
    # A key of the attacker's choice, or another header (J05, J06, A06)
    "unknown kid": with_header(kid="unknown"),
    "jwk": with_header(OTHER_KEY, jwk=JWK),
    "crit": with_header(crit=["urgent"], urgent=True),
    # Another kind of token (J16)
    "header typ JWT": with_header(typ="JWT"),
    "header of the other kind": with_header(typ=OTHER_KIND.get),
    "claim of the other kind": with_claims(typ=OTHER_KIND.get),
    "aud of the other kind": with_claims(aud=OTHER_AUDIENCE.get),
    # Another claim, or none (J12, J13, J15, J28)
    "another iss": with_claims(iss="https://testserver/"),
    "two audiences": with_claims(aud=["https://other", AUDIENCE]),
    "no jti": with_claims(jti=MISSING),
    "sid that is no UUID": with_claims(sid="1"),
    "sub in upper case": with_claims(sub=str.upper),
    # Another time (J10)
    "no exp": with_claims(exp=MISSING),
    "exp over": with_time("exp", -1),
    "nbf to come": with_time("nbf", 600),
    # Other forms (J20)
    "header padded": rewritten(lambda a, b, c: f"{a}=.{b}.{c}"),
    "claims are a list": lambda h, c: signed(h, [c]),
    "a claim twice": lambda h, c: signed(h, and_more(c, f'"sub": "{c["sub"]}"')),
    "longer than a token may be": with_claims(more="x" * 8192),
}
