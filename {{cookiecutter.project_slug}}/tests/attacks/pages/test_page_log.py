"""J24, R2: log lines of pages at the most verbose level."""

from tests.attacks.checks import assert_journey_is_logged, security_events
from tests.attacks.client import NEW
from tests.attacks.pages.client import ADMIN, PROFILE, SESSION, Browser
from tests.attacks.server import LIMITS, PASSWORD, Server

EVENTS = """
    credentials_refused sign_in_started sign_in_ended csrf_refused permission_refused
    email_change_requested email_verified link_refused password_reset_requested password_changed
    account_changed too_many_attempts
"""


def test_j24_user_journey_is_logged_without_secrets(server: Server, email: str) -> None:
    """J24, R2, ASVS 16.2.1, 16.2.5, 16.3.1 to 16.3.3."""
    browser, moved = Browser(server), f"moved-{email}"
    secrets = {PASSWORD, NEW, "a wrong password"}
    browser.sign_in(email, "a wrong password")
    browser.signed_in(email)
    assert browser.cookies[SESSION]
    secrets |= {browser.token(), *browser.cookies.values()}
    browser.submit(PROFILE, name="Ada")
    browser.post_bare(PROFILE, {"name": "x"})
    browser.change_email(moved)
    token = browser.verification(server.mail_to(moved))
    browser.verify(token)
    browser.verify(token)
    link = browser.reset_link(moved)
    secrets |= {token, link[1], *browser.cookies.values()}
    browser.reset(link, NEW)
    browser.reset(link, NEW)
    browser.get("/accounts/reset/{}/{}/more/".format(*link))
    browser.signed_in(moved, NEW)
    secrets |= {*browser.cookies.values()}
    browser.get("/")
    browser.post("/accounts/logout/")
    for _ in range(LIMITS["account_and_ip"][0] + 1):
        browser.sign_in(moved, "a wrong password")

    assert_journey_is_logged(server, browser.address, secrets, EVENTS)


def test_s16_staff_actions_take_effect_and_are_logged(
    server: Server, browser: Browser, email: str
) -> None:
    """S16, ASVS 7.4.5, 16.3.3: who did what to which user."""
    staff = Browser(server).signed_in("staff@example.com")
    path = f"{ADMIN}accounts/user/?q={email}"
    page = staff.get(path).text
    user_id = page.partition('name="_selected_action" value="')[2].partition('"')[0]
    staff.post(path, {"action": "sign_out_everywhere", "_selected_action": user_id})

    line = security_events(server, staff.address)["admin_action"]
    assert line["object_id"] == user_id
    assert line["user_id"] not in {None, user_id}
    assert not browser.is_signed_in()
