"""R1: no header and no path causes a server error."""

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.checks import assert_gives_nothing_away, assert_headers
from tests.attacks.fuzz import MANY
from tests.attacks.inputs import HEADER, TEXT
from tests.attacks.server import Server


@MANY
@given(host=HEADER)
def test_r1_w08_random_hosts_cause_no_server_error(server: Server, host: str) -> None:
    """R1, W08."""
    answer = server.call("GET", "/.well-known/security.txt", headers={"Host": host})

    assert answer.status == 400 or host.lower().strip().partition(":")[0] == "example.com"


@MANY
@given(address=HEADER)
def test_r1_w11_random_forwarded_addresses_cause_no_server_error(
    server: Server, address: str
) -> None:
    """R1, W11."""
    answer = server.call("GET", "/health/live/", headers={"X-Forwarded-For": address})

    assert answer.status == 200


@MANY
@given(name=st.sampled_from(["Cookie", "Accept", "Content-Type", "Range"]), value=HEADER)
def test_r1_random_headers_cause_no_server_error(server: Server, name: str, value: str) -> None:
    """R1, R2."""
    answer = server.call("GET", "/health/live/", headers={name: value})

    assert answer.status in {200, 400}
    assert_gives_nothing_away(answer)


@MANY
@given(path=TEXT, query=TEXT)
def test_r1_w17_random_paths_cause_no_server_error(server: Server, path: str, query: str) -> None:
    """R1, R2, W17."""
    answer = server.call(
        "GET", f"/{quote(path, errors='replace')}?{quote(query, errors='replace')}"
    )

    assert_gives_nothing_away(answer)
    assert answer.headers["Strict-Transport-Security"], answer
    assert_headers(answer)
