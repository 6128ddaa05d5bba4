"""J24, R2: log lines of the API at the most verbose level."""

from tests.attacks.api.client import ME, REVOKE, Caller
from tests.attacks.checks import assert_journey_is_logged
from tests.attacks.client import NEW
from tests.attacks.server import LIMITS, PASSWORD, Server

EVENTS = """
    credentials_refused sign_in_started sign_in_ended tokens_refreshed token_refused
    credential_reused permission_refused email_change_requested email_verified link_refused
    password_changed account_changed too_many_attempts
"""


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
