"""J: the life of tokens over HTTP, and what the log says about it."""

import json
from typing import Any

import jwt
import pytest

from tests.attacks.api.client import ME, REVOKE, SIGN_INS, Caller
from tests.attacks.checks import assert_journey_is_logged
from tests.attacks.client import NEW
from tests.attacks.server import END, HONEST, LIMITS, PASSWORD, Server, status_of

HEAD = f"GET {ME} HTTP/1.1\r\n".encode() + HONEST
EVENTS = """
    credentials_refused sign_in_started sign_in_ended tokens_refreshed token_refused
    credential_reused permission_refused email_change_requested email_verified link_refused
    password_changed account_changed too_many_attempts
"""


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_j25_tokens_contain_no_personal_data(holder: Caller, email: str) -> None:
    """J25, ASVS 14.1.1, 14.2.6."""
    known = {"aud", "client_id", "epoch", "exp", "iat", "iss", "jti", "sid", "sub", "typ"}
    known |= {"amr", "auth_time"}
    for token in (holder.access, holder.refresh):
        assert set(claims(token)) <= known
        assert set(jwt.get_unverified_header(token)) == {"alg", "kid", "typ"}
        assert email not in str(claims(token))
    # Other services, which compare the audience alone, take no refresh token (J16).
    assert claims(holder.access)["aud"] != claims(holder.refresh)["aud"]


@pytest.mark.parametrize(
    "lines",
    [
        b"Authorization: Bearer x\r\nAuthorization: Bearer {access}\r\n",
        b"Authorization: Bearer {access}, Bearer {access}\r\n",
        b"Authorization: {access}\r\n",
        b"Authorization: Bearer \xff\xfe{access}\r\n",
        b"Authorization_: Bearer {access}\r\n",
    ],
)
def test_j20_j22_malformed_or_repeated_header_is_rejected(
    server: Server, holder: Caller, lines: bytes
) -> None:
    """J20, J22, RFC 6750 section 2.1: sent as raw bytes, because client libraries refuse to."""
    honest = f"Authorization: Bearer {holder.access}\r\n".encode()
    sent = lines.replace(b"{access}", holder.access.encode())

    assert status_of(server.raw(HEAD + honest + END)) == 200
    assert status_of(server.raw(HEAD + sent + END)) in {400, 401}


def test_j26_reuse_of_a_refresh_token_revokes_the_sign_in(
    server: Server, holder: Caller, email: str
) -> None:
    """J26, ASVS 10.4.5, RFC 9700 section 4.14.2: the user is notified."""
    first = holder.refresh
    holder.keep(holder.renew())
    holder.keep(holder.renew())
    assert holder.is_let_in()

    assert holder.renew(first).status == 401
    assert holder.is_over()
    assert '"event": "credential_reused"' in server.log()
    assert server.mail_to(email, "was used twice")


def test_j27_repeated_refresh_gets_the_same_successor(holder: Caller) -> None:
    """J27, ASVS 10.4.5: there is one valid refresh token, and no second family."""
    first = holder.refresh
    answers = [holder.renew(first) for _ in range(2)]
    assert len({json.loads(answer.body)["refresh"] for answer in answers}) == 1

    holder.keep(answers[0])
    holder.keep(holder.renew())
    assert holder.is_let_in()
    assert holder.renew(first).status == 401
    assert holder.is_over()


def test_j29_signing_out_revokes_both_tokens(server: Server, holder: Caller) -> None:
    """J29, ASVS 7.4.1, WSTG-SESS-06: also if repeated; other sign-ins remain."""
    other = Caller(server).signed_in(server.new_user())
    for _ in range(2):
        assert holder.post(REVOKE, refresh=holder.refresh).status == 204

    assert holder.is_over()
    assert other.is_let_in()


@pytest.mark.parametrize("how", ["change", "reset"])
def test_j30_password_change_revokes_other_sign_ins(
    server: Server, holder: Caller, email: str, how: str
) -> None:
    """J30, ASVS 7.4.3."""
    other = Caller(server).signed_in(email)
    if how == "change":
        answer = holder.change_password(PASSWORD, NEW)
    else:
        answer = Caller(server).reset(Caller(server).reset_link(email), NEW)

    assert (answer.status, answer.body) == (204, b"")
    assert other.is_over()
    assert holder.is_let_in() is (how == "change")


def test_s16_users_list_and_revoke_their_sign_ins(
    server: Server, holder: Caller, email: str
) -> None:
    """S16, S17, ASVS 7.1.2, 7.5.2: one by one, or all together."""
    others = [Caller(server).signed_in(email) for _ in range(3)]
    rows = holder.get(SIGN_INS)
    assert len(rows) == 4
    assert sum(row["current"] for row in rows) == 1
    one = claims(others[0].refresh)["sid"]
    assert holder.call("DELETE", f"{SIGN_INS}{one}/").status == 204
    assert others[0].is_over()
    assert holder.call("DELETE", f"{SIGN_INS}?keep=current").status == 204
    assert others[1].is_over()
    assert holder.is_let_in()

    assert holder.call("DELETE", SIGN_INS).status == 204
    assert holder.is_over()


def test_j36_refreshes_are_rate_limited(server: Server, holder: Caller) -> None:
    """J36, ASVS 2.4.1: per sign-in, and per IP address."""
    refreshes, seconds = LIMITS["refreshes"]
    for _ in range(refreshes):
        holder.keep(holder.renew())
    answer = holder.renew()

    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= seconds
    assert holder.is_let_in()


def test_j33_w07_tokens_are_not_in_cookies_or_caches(holder: Caller, email: str) -> None:
    """J33, W07, ASVS 14.3.2, 14.3.3, RFC 6750 section 5.3."""
    for answer in (holder.renew(), holder.sign_in(email), holder.sign_in("x@example.com")):
        assert "Set-Cookie" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]


def test_j24_user_journey_is_logged_without_secrets(server: Server, email: str) -> None:
    """J24, R2, ASVS 16.2.1, 16.2.5, 16.3.1 to 16.3.3."""
    caller, secrets, moved = Caller(server), {PASSWORD, NEW, "a wrong password"}, f"moved-{email}"
    caller.sign_in(email, "a wrong password")
    caller.signed_in(email)
    first = caller.refresh
    secrets |= {caller.access, first}
    caller.keep(caller.renew())
    secrets |= {caller.access, caller.refresh}
    caller.call("PATCH", f"{ME}?access_token={caller.access}", {"name": "Ada"})
    caller.call("GET", "/api/schema/")
    caller.change_email(moved)
    token = caller.verification(server.mail_to(moved))
    caller.verify(token)
    caller.verify(token)
    caller.signed_in(moved)
    caller.change_password(PASSWORD, NEW)
    link = Caller(server).reset_link(moved)
    secrets |= {token, link[1]}
    caller.reset(link, PASSWORD)
    caller.renew(first)
    caller.signed_in(moved)
    secrets |= {caller.access, caller.refresh}
    replaced = caller.refresh
    caller.keep(caller.renew())
    caller.keep(caller.renew())
    caller.renew(replaced)
    caller.post(REVOKE, refresh=caller.refresh)
    caller.is_let_in()
    for _ in range(LIMITS["account_and_ip"][0] + 1):
        caller.sign_in(moved, "a wrong password")

    assert_journey_is_logged(server, caller.address, secrets, EVENTS)
