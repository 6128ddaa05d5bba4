"""J24, R2: what the API leaves in the log, at its most talkative."""

import json

from tests.attacks.api.caller import ME, REVOKE, Caller
from tests.attacks.api.test_passwords_by_api import CHANGE, CONFIRM, MOVE, VERIFY, reset_link
from tests.attacks.api.test_passwords_by_api import verification_of as token_in
from tests.attacks.server import PASSWORD, Server

NEW = "the tide comes in at six"


def test_j24_the_whole_journey_is_logged_without_a_secret(server: Server, email: str) -> None:
    """J24, R2, ASVS 16.2.1, 16.2.5, 16.3.1 to 16.3.3."""
    caller, secrets = Caller(server), {PASSWORD, NEW, "a wrong password"}
    caller.sign_in(email, "a wrong password")
    caller.signed_in(email)
    secrets |= {caller.access, caller.refresh}
    first = caller.refresh
    caller.keep(caller.renew())
    secrets |= {caller.access, caller.refresh}
    caller.call("PATCH", f"{ME}?access_token={caller.access}", {"name": "Ada"})
    caller.call("GET", "/api/schema/")
    caller.post(MOVE, email=f"moved-{email}", password=PASSWORD)
    token = token_in(server.mail_to(f"moved-{email}"))
    secrets.add(token)
    caller.post(VERIFY, token=token)
    caller.post(VERIFY, token=token)
    caller.signed_in(moved := f"moved-{email}")
    caller.post(CHANGE, current_password=PASSWORD, new_password=NEW)
    link = reset_link(server, moved)
    secrets.add(link["token"])
    caller.post(CONFIRM, **link, new_password=PASSWORD)
    caller.renew(first)
    caller.signed_in(moved)
    secrets |= {caller.access, caller.refresh}
    replaced = caller.refresh
    caller.keep(caller.renew())
    caller.keep(caller.renew())
    caller.renew(replaced)
    caller.post(REVOKE, refresh=caller.refresh)
    caller.is_let_in()
    for _ in range(6):
        caller.sign_in(moved, "a wrong password")

    log = server.log()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    security = [line for line in lines if line["logger"] == "security"]
    found = {line["event"]: line for line in security if line["ip_address"] == caller.address}
    assert {
        "credentials_refused",
        "sign_in_started",
        "sign_in_ended",
        "tokens_refreshed",
        "token_refused",
        "credential_reused",
        "permission_refused",
        "email_change_requested",
        "email_verified",
        "link_refused",
        "password_changed",
        "account_changed",
        "too_many_attempts",
    } <= set(found)
    assert all(line["request_id"] and "user_id" in line for line in found.values())
    assert not [secret for secret in secrets if secret in log]
    assert "argon2" not in log
