"""J01-J20: tokens that are not ours, or not quite.

Each is made from a good one by a single change, which is all that can have it refused: the same
steps without the change give a token that all four calls accept.
"""

import hashlib
import hmac
import json
from uuid import uuid4

import pytest
from django.conf import settings as project_settings
from django.core import signing
from rest_framework.test import APIClient

from tests.attacks.api.forging import (
    _KEY,
    KEY,
    KID,
    NO_TEXT,
    NOW,
    OTHER_AUDIENCE,
    OTHER_JWK,
    OTHER_KEY,
    OTHER_KIND,
    UUID_FORMS,
    Forgery,
    another_subject,
    each,
    encoded,
    in_another_form,
    loosened,
    made,
    repeated,
    rewritten,
    signed,
    unchanged,
    unsigned,
    with_claims,
    with_header,
    with_own_key,
    without_claim,
    without_header,
)
from tests.token_auth.api import ME, REFRESH, REVOKE, Pair, client

# Without a signature, or with one that is not ours
SIGNATURES: dict[str, Forgery] = {
    **each("no signature, alg", unsigned, "none", "None", "NONE", "nOnE", " none", "", "HS256"),
    **each("alg", lambda alg: with_header(alg=alg), "none", "hs256", "HS384", "RS256", ""),
    **each("alg", lambda alg: with_header(alg=alg), ["HS256"], *NO_TEXT),
    "no alg": without_header("alg"),
    "HS384, right key": lambda h, c: signed(h | {"alg": "HS384"}, c, digest="sha384"),
    "HS512, right key": lambda h, c: signed(h | {"alg": "HS512"}, c, digest="sha512"),
    "another key": lambda h, c: signed(h, c, OTHER_KEY),
    "empty key": lambda h, c: signed(h, c, b""),
    "SECRET_KEY": lambda h, c: signed(h, c, project_settings.SECRET_KEY.encode()),
    "the key as it is written": lambda h, c: signed(h, c, _KEY.encode()),
    "changed claim": another_subject,
    "short signature": rewritten(lambda a, b, c: f"{a}.{b}.{c[:-4]}"),
    "null signature": rewritten(lambda a, b, _: f"{a}.{b}.{encoded(bytes(32))}"),
}
# Another key than the one named, or one out of the header
KEYS: dict[str, Forgery] = {
    **each("kid", lambda kid: with_header(kid=kid), "unknown", "", [KID], *NO_TEXT),
    "kid of our other key": with_header(kid="test-1"),
    "kid of 4 KB": with_header(kid=KID + "x" * 4096),
    "kid of a file": lambda h, c: signed(h | {"kid": "../../../../dev/null"}, c, b""),
    "kid of a query": lambda h, c: signed(h | {"kid": "x' UNION SELECT '1'; --"}, c, b"1"),
    "no kid": without_header("kid"),
    "jwk": with_own_key(jwk=OTHER_JWK),
    "jwk, no such kid": with_own_key(jwk=OTHER_JWK, kid="mine"),
    "jku": with_own_key(jku="http://127.0.0.1:9/keys.json", kid="mine"),
    "x5u": with_own_key(x5u="http://127.0.0.1:9/keys.pem", kid="mine"),
    "crit": with_header(crit=["urgent"], urgent=True),
}
# Another kind of token
KINDS: dict[str, Forgery] = {
    **each("header typ", lambda typ: with_header(typ=typ), "JWT", "", *NO_TEXT),
    **each("claim typ", lambda typ: with_claims(typ=typ), "sliding", "", *NO_TEXT),
    "no header typ": without_header("typ"),
    "header of the other kind": lambda h, c: signed(h | {"typ": OTHER_KIND[h["typ"]]}, c),
    "claim of the other kind": lambda h, c: signed(h, c | {"typ": OTHER_KIND[c["typ"]]}),
    "kind swapped in both": lambda h, c: signed(
        h | {"typ": OTHER_KIND[h["typ"]]}, c | {"typ": OTHER_KIND[c["typ"]]}
    ),
}
# Claims that are missing or wrong
CLAIMS: dict[str, Forgery] = {
    **each("without", without_claim, "aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ"),
    **each("iss", lambda iss: with_claims(iss=iss), "https://other", "https://testserver/"),
    **each("iss", lambda iss: with_claims(iss=iss), "https://", "", *NO_TEXT),
    "iss in a list": with_claims(iss=[project_settings.JWT_ISSUER]),
    **each("aud", lambda aud: with_claims(aud=aud), "https://other", "https://testserver/"),
    **each("aud", lambda aud: with_claims(aud=aud), "https://", "", *NO_TEXT),
    "aud in a list": with_claims(aud=[project_settings.JWT_AUDIENCE]),
    "aud in a list of two": with_claims(aud=["https://other", project_settings.JWT_AUDIENCE]),
    **each("exp", lambda exp: with_claims(exp=exp), 0, -1, "", "soon", 10**20, *NO_TEXT),
    **each("exp", lambda exp: with_claims(exp=exp), float("inf"), float("nan")),
    "exp over": with_claims(exp=NOW - 1),
    "exp of 400 digits": with_claims(exp=10**400),
    "exp as text": with_claims(exp=str(NOW + 300)),
    "exp with a fraction": with_claims(exp=NOW + 300.5),
    **each("iat", lambda iat: with_claims(iat=iat), -1.5, "", "now", 10**20, None, [], {}),
    **each("iat", lambda iat: with_claims(iat=iat), float("inf"), float("nan")),
    "iat to come": with_claims(iat=NOW + 600),
    "iat of 400 digits": with_claims(iat=10**400),
    "iat true": with_claims(iat=True),
    "iat as text": with_claims(iat=str(NOW - 5)),
    "nbf to come": with_claims(nbf=NOW + 600),
    **each("sub", lambda sub: with_claims(sub=sub), "", "1", "'; --", "x" * 36, *NO_TEXT),
    **each("sid", lambda sid: with_claims(sid=sid), "", "1", "'; --", "x" * 36, *NO_TEXT),
    **each("jti", lambda jti: with_claims(jti=jti), "", "1", "\ud800", *NO_TEXT),
}
# A06: claims and headers that only a lenient reader accepts
LENIENT: dict[str, Forgery] = {
    **{
        f"{name} {form}": in_another_form(name, change)
        for name in ("sub", "sid", "jti")
        for form, change in UUID_FORMS.items()
    },
    **each("exp", lambda exp: with_claims(exp=exp), 2**63 - 1, 10**17, 2**60, 253402300800),
    **each("iat", lambda iat: with_claims(iat=iat), -1, -(2**63)),
    **each("nbf", lambda nbf: with_claims(nbf=nbf), -1, 0.5, "0", 2**63 - 1, None, [], {}),
    **each("more", lambda more: with_claims(more=more), float("nan"), float("inf")),
    "more -inf": with_claims(more=float("-inf")),
    "more 1e400": lambda h, c: signed(h, json.dumps(c).encode()[:-1] + b', "more": 1e400}'),
    "iat false": with_claims(iat=False),
    "nbf true": with_claims(nbf=True),
    "crit b64": with_header(crit=["b64"], b64=True),
    "crit exp": with_header(crit=["exp"]),
    **each("crit", lambda crit: with_header(crit=crit), [], None, "exp"),
    "b64": with_header(b64=False),
    "zip": with_header(zip="DEF"),
    "cty": with_header(cty="JWT"),
    "jku": with_header(jku="https://testserver/.well-known/jwks.json"),
    "x5u": with_header(x5u="https://testserver/"),
    "x5c": with_header(x5c=[]),
    "jwk of this project": with_header(jwk={"kty": "oct", "k": _KEY, "kid": KID, "alg": "HS256"}),
    "unknown header": with_header(more=1),
    **each("header typ", lambda typ: with_header(typ=typ), "AT+JWT", "at+JWT", "RT+JWT"),
    "header typ with its prefix": lambda h, c: signed(h | {"typ": f"application/{h['typ']}"}, c),
    **each("alg", lambda alg: with_header(alg=alg), "Hs256", "HS256 ", " HS256"),
    "aud of the other kind": lambda h, c: signed(h, c | {"aud": OTHER_AUDIENCE[c["typ"]]}),
    "trailing dot": lambda h, c: signed(h, c) + ".",
    "white space": lambda h, c: signed(h, c) + "\n",
    "signature with loose bits": rewritten(lambda a, b, c: f"{a}.{b}.{loosened(c)}"),
    "header padded": rewritten(lambda a, b, c: f"{a}=.{b}.{c}"),
    "64 KiB": with_claims(more="x" * 65_536),
}
# Other forms
FORMS: dict[str, Forgery] = {
    "one part": rewritten(lambda a, _b, _c: a),
    "two parts": rewritten(lambda a, b, _c: f"{a}.{b}"),
    "four parts": rewritten(lambda a, b, c: f"{a}.{b}.{c}.{c}"),
    "dots": lambda _h, _c: "..",
    "five parts, as when encrypted": lambda _h, _c: ".".join(
        encoded(part) for part in ({"alg": "dir", "enc": "A256GCM"}, b"", b"iv", b"text", b"tag")
    ),
    "five parts, costly key": lambda _h, _c: ".".join(
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
    "another format of ours": lambda _h, c: signing.dumps(c),
    "header is a list": lambda h, c: signed([h], c),
    "header is text": lambda _h, c: signed(b"HS256", c),
    "header is deep": lambda _h, c: signed(b"[" * 5000, c),
    "header has a number of 5000 digits": lambda _h, c: signed(
        b'{"alg":"HS256","n":%s}' % (b"1" * 5000), c
    ),
    "header is not UTF-8": lambda _h, c: signed(b'{"alg": "HS256", "kid": "\xff"}', c),
    "claims are a list": lambda h, c: signed(h, [c]),
    "claims are text": lambda h, _: signed(h, b"sub"),
    "claims are deep": lambda h, _: signed(h, b"[" * 5000),
    "claims have a number of 5000 digits": lambda h, _: signed(h, b'{"n":%s}' % (b"1" * 5000)),
    "claims are not UTF-8": lambda h, _: signed(h, b'{"sub": "\xff"}'),
    "a header name twice": lambda h, c: signed(repeated("alg", h), c),
    "a claim twice": lambda h, c: signed(h, repeated("sub", c)),
    "a name twice within a claim": lambda h, c: signed(
        h, json.dumps(c).encode()[:-1] + b', "more": {"a": 1, "a": 1}}'
    ),
    "padded": lambda h, c: signed(h, c) + "=",
    "in the other alphabet": rewritten(lambda a, b, c: f"{a}.{b}.+/{c[2:]}"),
    "not ASCII": lambda h, c: signed(h, c) + "\u00e9",
    "pictures": lambda _h, _c: "\U0001f600.\U0001f600.\U0001f600",
    "longer than a token may be": with_claims(more="x" * 8192),
    "much longer": lambda _h, _c: "x" * 200_000,
}

FORGERIES = SIGNATURES | KEYS | KINDS | CLAIMS | LENIENT | FORMS
GOOD = {"GET me": 200, "PATCH me": 200, "refresh": 200, "revoke": 204}


def answers_to(api: APIClient, forgery: Forgery, pair: Pair) -> dict[str, int]:
    """Present a forged access token and a forged refresh token wherever one is read."""
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


def assert_refused(api: APIClient, pair: Pair, forgery: Forgery) -> None:
    """Check every place that reads a token, and that the honest client goes on."""
    assert answers_to(api, forgery, pair) == dict.fromkeys(GOOD, 401)

    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()["name"] == "Ada"
    # An attempt with a token that is not ours does not end the sign-in either.
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


def test_a_token_without_a_change_is_accepted(api: APIClient, pair: Pair) -> None:
    """The twin of all that follows."""
    assert answers_to(api, unchanged, pair) == GOOD


@pytest.mark.parametrize("name", SIGNATURES)
def test_j01_j02_j03_j09_signatures(api: APIClient, pair: Pair, name: str) -> None:
    """J01, J02, J03, J09, ASVS 9.1.1, 9.1.2, 11.1.2, RFC 8725 sections 2.1 and 3.1."""
    assert_refused(api, pair, SIGNATURES[name])


@pytest.mark.parametrize("name", KEYS)
def test_j05_j06_keys(api: APIClient, pair: Pair, name: str) -> None:
    """J05, J06, ASVS 9.1.3, RFC 8725 sections 2.9 and 3.10: the header chooses no key."""
    assert_refused(api, pair, KEYS[name])


@pytest.mark.parametrize("name", KINDS)
def test_j16_kinds(api: APIClient, pair: Pair, name: str) -> None:
    """J16, ASVS 9.2.2, RFC 8725 sections 2.8, 3.11 and 3.12."""
    assert_refused(api, pair, KINDS[name])


@pytest.mark.parametrize("name", CLAIMS)
def test_j10_j12_j13_j15_claims(api: APIClient, pair: Pair, name: str) -> None:
    """J10, J12, J13, J15, J28, ASVS 9.2.1, 9.2.3, 9.2.4, RFC 8725 sections 3.8 and 3.9."""
    assert_refused(api, pair, CLAIMS[name])


@pytest.mark.parametrize("name", LENIENT)
def test_a06_lenient_forms(api: APIClient, pair: Pair, name: str) -> None:
    """A06, J12, J20: a token has one form only."""
    assert_refused(api, pair, LENIENT[name])


@pytest.mark.parametrize("name", FORMS)
def test_j20_forms(api: APIClient, pair: Pair, name: str) -> None:
    """J20, ASVS 16.5.3: what is no token of ours is no fault of ours."""
    assert_refused(api, pair, FORMS[name])


@pytest.mark.parametrize(
    "changed", [{"jti": str(uuid4())}, {"sid": str(uuid4())}], ids=["jti", "sid"]
)
def test_j28_a_signed_refresh_token_must_be_the_one_on_record(
    pair: Pair, changed: dict[str, str]
) -> None:
    """J28, ASVS 7.2.1, 9.2.2."""
    forged = made(with_claims(**changed), pair["refresh"])

    assert client().post(REFRESH, {"refresh": forged}).status_code == 401


def test_j28_a_signed_access_token_of_nobody_is_no_fault_of_the_server(pair: Pair) -> None:
    """J28, J31."""
    forged = made(with_claims(sub=str(uuid4())), pair["access"])

    assert client(forged).get(ME).status_code == 401


def test_j03_one_algorithm_is_what_we_sign_with(pair: Pair) -> None:
    """J03: the tables above leave out what would be good anywhere else."""
    first, second, signature = pair["access"].split(".")
    ours = hmac.new(KEY, f"{first}.{second}".encode(), hashlib.sha256).digest()

    assert encoded(ours) == signature
