"""R1, R3: no header, token or body causes a server error."""

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.api.client import ME, REFRESH, REVOKE, TOKEN, Caller
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.fuzz import MANY
from tests.attacks.inputs import HEADER, TEXT
from tests.attacks.server import Server

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = {
    TOKEN: ["email", "password"],
    REFRESH: ["refresh"],
    REVOKE: ["refresh"],
    "/api/auth/email/verify/": ["token"],
    "/api/auth/email/verify/resend/": ["email"],
    "/api/auth/password/reset/": ["email"],
    "/api/auth/password/reset/confirm/": ["uid", "token", "new_password"],
}
OWN = {
    "/api/auth/email/change/": ["email", "password"],
    "/api/auth/password/change/": ["current_password", "new_password"],
    "/api/auth/confirm/": ["password"],
    ME: ["name"],
}


@MANY
@given(header=HEADER)
def test_r1_j22_any_authorization(server: Server, header: str) -> None:
    """R1, J22: 401 and its scheme."""
    answer = Caller(server).call("GET", ME, Authorization=header)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@MANY
@given(data=st.data())
def test_r1_j20_any_token_near_a_good_one(
    server: Server, holder: Caller, data: st.DataObject
) -> None:
    """R1, J20: one character, added, changed or taken away."""
    token = holder.access
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    rest = data.draw(st.sampled_from([token[place:], token[place + 1 :], token[place + 4 :]]))
    near = token[:place] + character + rest
    if near != token:
        assert not holder.is_let_in(near)
        assert Caller(server).renew(near).status == 401
    assert holder.is_let_in()


@MANY
@given(path=st.sampled_from(sorted(FIELDS)), values=st.lists(JSON, min_size=3, max_size=3))
def test_r1_any_body(server: Server, path: str, values: list[object]) -> None:
    """R1, R2, W17."""
    body = json.dumps(dict(zip(FIELDS[path], values, strict=False)))
    answer = Caller(server).call("POST", path, body)

    assert answer.status in {202, 400, 401}
    assert_gives_nothing_away(answer)


@MANY
@given(path=st.sampled_from(sorted(FIELDS)), body=st.binary(max_size=200) | TEXT.map(str.encode))
def test_r1_w18_any_bytes(server: Server, path: str, body: bytes) -> None:
    """R1, R2, W18."""
    answer = Caller(server).call("POST", path, body)

    assert answer.status in {400, 401}
    assert_gives_nothing_away(answer)


@MANY
@given(path=st.sampled_from(sorted(OWN)), values=st.lists(JSON, min_size=2, max_size=2))
def test_r1_any_body_of_somebody_signed_in(
    server: Server, holder: Caller, path: str, values: list[object]
) -> None:
    """R1, R2, W27."""
    holder.address = Caller(server).address
    body = json.dumps(dict(zip(OWN[path], values, strict=False)))
    answer = holder.call("PATCH" if path == ME else "POST", path, body)

    assert answer.status in {200, 400, 429}


@MANY
@given(part=TEXT)
def test_r1_w28_any_id(holder: Caller, part: str) -> None:
    """R1, W28."""
    path = f"/api/auth/sign-ins/{quote(part, safe='', errors='replace')}/"

    assert holder.call("DELETE", path).status in {400, 404}
