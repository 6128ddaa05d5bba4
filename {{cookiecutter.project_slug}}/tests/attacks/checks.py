"""Properties that every response has."""

import json
import re

from tests.attacks.server import Answer, Server

YEAR = 31536000
FEATURES = ("camera", "geolocation", "microphone", "payment", "usb")


def policy_of(answer: Answer) -> dict[str, str]:
    """Return the content security policy of a response, by directive."""
    directives = answer.headers["Content-Security-Policy"].split(";")
    return {name: rest for name, _, rest in (d.strip().partition(" ") for d in directives)}


def assert_headers(answer: Answer, *, may_be_cached: bool = False) -> None:
    """Check the headers of a response over TLS; errors have them too."""
    headers = answer.headers
    found = re.fullmatch(
        r"max-age=(\d+); includeSubDomains", headers["Strict-Transport-Security"] or ""
    )
    assert found, "W01"
    assert int(found[1]) >= YEAR, "W01"
    assert headers["X-Content-Type-Options"] == "nosniff", "W02"
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, "W02"
    policy = policy_of(answer)
    assert policy["object-src"] == policy["base-uri"] == "'none'", "W03"
    assert "unsafe" not in headers["Content-Security-Policy"], "W03"
    assert policy["frame-ancestors"] == "'none'", "W04"
    assert headers["X-Frame-Options"] == "DENY", "W04"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", "W05"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", "W05"
    assert all(f"{feature}=()" in headers["Permissions-Policy"] for feature in FEATURES), "W06"
    assert may_be_cached or "no-store" in headers["Cache-Control"], "W07"
    assert "X-Powered-By" not in headers, "W22"
    assert not re.search(r"\d", headers["Server"]), "W22"


def assert_gives_nothing_away(answer: Answer) -> None:
    """Check that an error reveals no internals (ASVS 16.5.1)."""
    words = (b"Traceback", b"SELECT", b"settings", b"django", b"evil", b"<script>", b"12210427")
    assert not any(word in answer.body for word in words), answer.body
    assert answer.status < 500


def assert_journey_is_logged(server: Server, address: str, secrets: set[str], events: str) -> None:
    """Check that the log has these events of a client, and none of its secrets (ASVS 16.2.5)."""
    log, found = server.log(), security_events(server, address)
    assert set(events.split()) <= set(found)
    assert all(line["request_id"] and "user_id" in line for line in found.values())
    assert not [secret for secret in secrets if secret and secret in log]
    assert "argon2" not in log


def security_events(server: Server, address: str) -> dict[str, dict[str, str]]:
    """Return the last line of each event in the security log of a client."""
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    security = [line for line in lines if line["logger"] == "security"]
    return {line["event"]: line for line in security if line["ip_address"] == address}
