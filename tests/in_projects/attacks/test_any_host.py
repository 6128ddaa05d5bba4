"""R1: no host or forwarded address causes a server error."""

from hypothesis import given

from tests.attacks.fuzz import HEADER, MANY
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
