"""J: tokens, from the sign-in to the end, over the wire."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import time

import jwt
import pytest

from tests.attacks.api.caller import ME, REFRESH, REVOKE, TOKEN, Caller
from tests.attacks.server import HOST, PASSWORD, Server, status_of

NEW = "the tide comes in at six"
HEAD = f"GET {ME} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n".encode()
END = b"Connection: close\r\n\r\n"


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def is_over(holder: Caller) -> bool:
    """Return whether neither token is good any more."""
    return not holder.is_let_in() and holder.renew().status == 401


def test_j14_tokens_live_as_long_as_documented(holder: Caller) -> None:
    """J14, ASVS 7.3.2, 10.4.8: and a rotation does not move the absolute end."""
    access, refresh = claims(holder.access), claims(holder.refresh)

    assert access["exp"] - access["iat"] == 300  # type: ignore[operator]  # both are seconds
    assert refresh["exp"] - refresh["iat"] == 7 * 24 * 3600  # type: ignore[operator]  # as above
    assert abs(access["iat"] - time()) < 60  # type: ignore[operator]  # as above


def test_j25_tokens_say_no_more_than_they_must(holder: Caller, email: str) -> None:
    """J25, ASVS 14.1.1, 14.2.6."""
    known = {"aud", "client_id", "epoch", "exp", "iat", "iss", "jti", "sid", "sub", "typ"}
    for token in (holder.access, holder.refresh):
        assert set(claims(token)) <= known
        assert set(jwt.get_unverified_header(token)) == {"alg", "kid", "typ"}
        assert email not in str(claims(token))


def test_j16_no_token_is_good_for_another_call(holder: Caller) -> None:
    """J16, J17, ASVS 9.2.2: access, refresh, verification and reset."""
    assert not holder.is_let_in(holder.refresh)
    for path in (REFRESH, REVOKE):
        assert holder.post(path, refresh=holder.access).status == 401
    for token in (holder.access, holder.refresh):
        assert holder.post("/api/auth/email/verify/", token=token).status == 400
        confirm = {"uid": claims(token)["sub"], "token": token, "new_password": NEW}
        assert holder.post("/api/auth/password/reset/confirm/", **confirm).status == 400
    assert holder.is_let_in()
    assert holder.renew().status == 200


@pytest.mark.parametrize(
    "lines",
    [
        b"Authorization: Bearer {access}\r\nAuthorization: Bearer {access}\r\n",
        b"Authorization: Bearer x\r\nAuthorization: Bearer {access}\r\n",
        b"Authorization: Bearer {access}, Bearer {access}\r\n",
        b"Authorization: Bearer {access} {access}\r\n",
        b"Authorization: Bearer\t{access}\r\n",
        b"Authorization: bearer {access}\r\n",
        b"Authorization: JWT {access}\r\n",
        b"Authorization: {access}\r\n",
        b"Authorization: Basic {access}\r\n",
        b"Authorization: Bearer \xff\xfe{access}\r\n",
        b"Authorization: Bearer \xf0\x9f\x98\x80\r\n",
        b"Authorization: Bearer " + b"x" * 8000 + b"\r\n",
        b"Authorization:\r\n",
        b"Authorization_: Bearer {access}\r\n",
        b"Authorization\x00: Bearer {access}\r\n",
    ],
    ids=lambda lines: str(lines[:60]),
)
def test_j20_j22_one_well_formed_header_counts(
    server: Server, holder: Caller, lines: bytes
) -> None:
    """J20, J22, RFC 6750 section 2.1: as bytes, which no client library would send."""
    sent = lines.replace(b"{access}", holder.access.encode())

    assert status_of(server.raw(HEAD + sent + END)) in {400, 401}


def test_j22_the_honest_header_counts(server: Server, holder: Caller) -> None:
    """J22's twin."""
    sent = f"Authorization: Bearer {holder.access}\r\n".encode()

    assert status_of(server.raw(HEAD + sent + END)) == 200


def test_j26_a_replay_ends_the_family(server: Server, holder: Caller, email: str) -> None:
    """J26, ASVS 10.4.5, RFC 9700 section 4.14.2: and the user is told."""
    first = holder.refresh
    holder.keep(holder.renew())
    holder.keep(holder.renew())
    assert holder.is_let_in()

    assert holder.renew(first).status == 401
    assert is_over(holder)
    assert '"event": "credential_reused"' in server.log()
    assert server.mail_to(email, "was used twice")


@pytest.mark.parametrize("round_", range(8))
def test_j27_concurrent_refreshes_get_the_same_successor(
    server: Server, email: str, round_: int
) -> None:
    """J27, ASVS 10.4.5, 15.4.2: there is one valid refresh token, and no second family."""
    holder, many = Caller(server).signed_in(email), 16
    barrier = Barrier(many)

    def renew(_: int) -> str:
        client = Caller(server)
        barrier.wait(timeout=20)
        found: str = json.loads(client.renew(holder.refresh).body)["refresh"]
        return found

    with ThreadPoolExecutor(many) as pool:
        (successor,) = set(pool.map(renew, range(many)))

    first, holder.refresh = holder.refresh, successor
    holder.keep(holder.renew())
    assert holder.is_let_in()
    assert holder.renew(first).status == 401
    assert is_over(holder)


def test_j29_signing_out_ends_both_tokens_at_once(server: Server, holder: Caller) -> None:
    """J29, ASVS 7.4.1, WSTG-SESS-06: again is the same, and others go on."""
    other = Caller(server).signed_in(server.new_user())
    for _ in range(2):
        assert holder.post(REVOKE, refresh=holder.refresh).status == 204

    assert is_over(holder)
    assert other.is_let_in()


def test_j30_a_new_password_ends_the_other_sign_ins(
    server: Server, holder: Caller, email: str
) -> None:
    """J30, ASVS 7.4.3."""
    other = Caller(server).signed_in(email)
    path = "/api/auth/password/change/"
    assert holder.post(path, current_password=PASSWORD, new_password=NEW).status == 204

    assert is_over(other)
    assert holder.is_let_in()


def test_s16_users_see_and_end_their_sign_ins(server: Server, holder: Caller, email: str) -> None:
    """S16, S17, ASVS 7.1.2, 7.5.2: as many as they like, one by one or all together."""
    others = [Caller(server).signed_in(email) for _ in range(3)]
    rows = json.loads(holder.call("GET", "/api/auth/sign-ins/").body)
    assert len(rows) == 4
    assert sum(row["current"] for row in rows) == 1
    one = str(claims(others[0].refresh)["sid"])
    assert holder.call("DELETE", f"/api/auth/sign-ins/{one}/").status == 204
    assert is_over(others[0])
    assert holder.call("DELETE", "/api/auth/sign-ins/?keep=current").status == 204
    assert is_over(others[1])
    assert holder.is_let_in()

    assert holder.call("DELETE", "/api/auth/sign-ins/").status == 204
    assert is_over(holder)


def test_j36_refreshing_is_counted(server: Server, holder: Caller) -> None:
    """J36, ASVS 2.4.1: per sign-in from anywhere, and per IP address with any token."""
    statuses = []
    for _ in range(61):
        answer = holder.renew()
        statuses.append(answer.status)
        if answer.status == 200:
            holder.keep(answer)

    assert statuses == [200] * 60 + [429]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert holder.is_let_in()


def test_j36_guessing_is_counted(caller: Caller) -> None:
    """J36: what is no token at all."""
    assert caller.renew("x").status == 401
    statuses = {caller.renew(f"x.y.{number}").status for number in range(600)}

    assert statuses == {401, 429}


def test_j36_signing_in_is_counted(server: Server) -> None:
    """J36: also with the right password, which is known by then."""
    email = server.new_user()
    statuses = [Caller(server).sign_in(email).status for _ in range(101)]

    assert statuses == [200] * 100 + [429]


def test_j33_nothing_of_ours_keeps_tokens_where_scripts_read(holder: Caller) -> None:
    """J33, ASVS 14.3.3: no page touches a token, and no cookie is set by the API."""
    for answer in (holder.renew(), holder.call("GET", ME), holder.sign_in("x@example.com")):
        assert "Set-Cookie" not in answer.headers


def test_w07_tokens_are_kept_by_no_cache(holder: Caller, email: str) -> None:
    """W07, ASVS 14.3.2, RFC 6750 section 5.3."""
    for answer in (holder.call("POST", TOKEN, {"email": email, "password": PASSWORD}),):
        assert answer.status == 200
        assert "no-store" in answer.headers["Cache-Control"]
