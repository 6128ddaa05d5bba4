"""R1, R2: no request causes a server error."""

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.checks import assert_gives_nothing_away, assert_headers
from tests.attacks.fuzz import HEADER, MANY, TEXT
from tests.attacks.server import Server


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


@MANY
@given(name=st.sampled_from(["Cookie", "Accept", "Content-Type", "Range"]), value=HEADER)
def test_r1_random_headers_cause_no_server_error(server: Server, name: str, value: str) -> None:
    """R1, R2."""
    answer = server.call("GET", "/health/live/", headers={name: value})

    assert answer.status in {200, 400}
    assert_gives_nothing_away(answer)
