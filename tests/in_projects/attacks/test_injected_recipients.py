"""P: addresses that end in another mailbox."""

import pytest

from tests.attacks.client import Client
from tests.attacks.server import Server


@pytest.fixture
def visitor(server: Server, kind: type[Client]) -> Client:
    """A client that is not signed in."""
    return kind(server)


@pytest.mark.parametrize(
    "typed",
    [
        *("{email}\r\nBcc: evil@evil.test", "{email},evil@evil.test", "{email};evil@evil.test"),
        *("evil@evil.test {email}", "<{email}>", "{email}\x00"),
    ],
)
def test_p20_injected_recipient_gets_no_email(
    server: Server, visitor: Client, email: str, typed: str
) -> None:
    """P20, ASVS 1.3.11, WSTG-INPV-17."""
    answer = visitor.ask_for_reset(typed.format(email=email))

    assert visitor.outcome(answer) == "refused"
    assert "evil@evil.test" not in server.out.read_text()
