"""J24, R2: what pages leave in the log, at its most talkative."""

import json

from tests.attacks.pages.browser import SESSION, Browser, link_in
from tests.attacks.server import PASSWORD, Server

NEW = "the tide comes in at six"


def events(server: Server, address: str) -> dict[str, dict[str, str]]:
    """Return what the security log says of a client: the last line of each event."""
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    security = [line for line in lines if line["logger"] == "security"]
    return {line["event"]: line for line in security if line["ip_address"] == address}


def test_j24_the_whole_journey_is_logged_without_a_secret(server: Server, email: str) -> None:
    """J24, R2, ASVS 16.2.1, 16.2.5, 16.3.1 to 16.3.3."""
    browser, secrets = Browser(server), {PASSWORD, NEW, "a wrong password"}
    browser.sign_in(email, "a wrong password")
    browser.sign_in(email)
    secrets |= {browser.cookies[SESSION], browser.token(), *browser.cookies.values()}
    browser.submit("/accounts/profile/", name="Ada")
    browser.post_bare("/accounts/profile/", {"name": "x"})
    browser.submit("/accounts/email_change/", email=f"moved-{email}", password=PASSWORD)
    link = link_in(server.mail_to(f"moved-{email}"))
    secrets.add(link.split("/")[3])
    browser.submit(link)
    browser.get(link)
    moved = f"moved-{email}"
    browser.submit("/accounts/password_reset/", email=moved)
    link = link_in(server.mail_to(moved, "/reset/"))
    secrets |= {link.split("/")[4], *browser.cookies.values()}
    page = browser.get(link).headers["Location"]
    browser.submit(page, new_password1=NEW, new_password2=NEW)
    browser.get(link)
    browser.get(f"{link}more/")
    browser.sign_in(moved, NEW)
    secrets |= {*browser.cookies.values()}
    browser.get("/")
    browser.post("/accounts/logout/")
    for _ in range(6):
        browser.sign_in(moved, "a wrong password")

    log, found = server.log(), events(server, browser.address)
    assert {
        "credentials_refused",
        "sign_in_started",
        "sign_in_ended",
        "csrf_refused",
        "permission_refused",
        "email_change_requested",
        "email_verified",
        "link_refused",
        "password_reset_requested",
        "password_changed",
        "account_changed",
        "too_many_attempts",
    } <= set(found)
    assert all(line["request_id"] and "user_id" in line for line in found.values())
    assert not [secret for secret in secrets if secret and secret in log]
    assert "argon2" not in log


def test_what_staff_do_is_logged(server: Server, email: str) -> None:
    """ASVS 16.3.3: who, what and to whom."""
    staff = Browser(server)
    staff.sign_in("staff@example.com")
    page = staff.get(f"/back-office/accounts/user/?q={email}").text
    user_id = page.partition('name="_selected_action" value="')[2].partition('"')[0]
    form = {"action": "sign_out_everywhere", "_selected_action": user_id}
    staff.post(f"/back-office/accounts/user/?q={email}", form)

    line = events(server, staff.address)["admin_action"]
    assert line["object_id"] == user_id
    assert line["user_id"] not in {None, user_id}
