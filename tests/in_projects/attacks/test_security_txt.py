"""The contact for reports of vulnerabilities."""

from tests.attacks.checks import assert_headers, policy_of
from tests.attacks.server import HOST, Server

CONTACT = "/.well-known/security.txt"


def test_security_txt_has_a_contact_and_an_expiry(server: Server) -> None:
    """RFC 9116."""
    answer = server.call("GET", CONTACT)

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"].startswith("mailto:")
    assert fields["Canonical"] == f"https://{HOST}{CONTACT}"
    assert "T" in fields["Expires"]
    assert_headers(answer, may_be_cached=True)
    assert policy_of(answer)["default-src"] == "'none'"
