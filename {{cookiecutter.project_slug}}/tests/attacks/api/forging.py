"""Tokens that are made from a valid one by a single change."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
from django.conf import settings as project_settings

from tests.token_auth.api import claims as claims_of

Json = dict[str, Any]
Forgery = Callable[[Json, Json], str]

KID, _KEY = next(iter(project_settings.JWT_SIGNING_KEYS.items()))
KEY = base64.urlsafe_b64decode(_KEY + "=" * (-len(_KEY) % 4))
OTHER_KEY = b"somebody else's key of the same length as ours"
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
    return {f"{name} {value!r}": make(value) for value in values}


def in_another_form(name: str, change: Callable[[str], str]) -> Forgery:
    return lambda header, claims: signed(header, claims | {name: change(claims[name])})


def loosened(part: str) -> str:
    """Return another text that decodes to the same 32 bytes: the last two bits are not used."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


NOW = int(time.time())
OTHER_AUDIENCE = {
    "access": f"{project_settings.JWT_AUDIENCE}#refresh",
    "refresh": project_settings.JWT_AUDIENCE,
}
FULL_WIDTH = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}
# What `uuid.UUID` reads as well.
UUID_FORMS: dict[str, Callable[[str], str]] = {
    "in upper case": lambda text: text.upper(),
    "without hyphens": lambda text: text.replace("-", ""),
    "in braces": lambda text: f"{{{text}}}",
    "as a URN": lambda text: f"urn:uuid:{text}",
    "in full-width digits": lambda text: text.translate(FULL_WIDTH),
    "with other hyphens": lambda text: text.replace("-", "", 1) + "-",
}
NO_TEXT: tuple[object, ...] = (None, 1, True, [], {})
OTHER_JWK = {"kty": "oct", "k": encoded(OTHER_KEY), "kid": KID, "alg": "HS256"}


def made(forgery: Forgery, genuine: str) -> str:
    return forgery(jwt.get_unverified_header(genuine), claims_of(genuine))
