"""M: the second factor on the pages of a running service."""

import re
import time

import pytest
from pyotp import TOTP

from tests.attacks.checks import assert_gives_nothing_away, assert_headers, security_events
from tests.attacks.pages.client import ADMIN, LOGIN, SESSION, Browser
from tests.attacks.server import PASSWORD, Server

PAGES = "/accounts/second-factor/"
VERIFY = f"{PAGES}verify/"
SET_UP = f"{PAGES}set-up/"


class Phone:
    """The phone of a user, with an app and the recovery codes."""

    def __init__(self, browser: Browser) -> None:
        page = browser.get(SET_UP).text
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        state = re.search(r'name="state" value="([^"]+)"', page)
        assert found
        assert state
        self.secret, self.state = found[1].replace(" ", ""), state[1]
        self.shown = browser.post(SET_UP, {"code": self.code(), "state": self.state})
        self.recovery_codes: list[str] = re.findall(r"<code>([\w-]+)</code>", self.shown.text)
        assert len(self.recovery_codes) == 10

    def code(self, steps: int = 0) -> str:
        return str(TOTP(self.secret).at(int(time.time()), counter_offset=steps))


@pytest.fixture
def phone(browser: Browser) -> Phone:
    """The phone of the user with that email address."""
    return Phone(browser)


def test_m01_m02_password_alone_signs_nobody_in(server: Server, email: str, phone: Phone) -> None:
    """M01, M02, M20, ASVS 6.3.4: at every entry, and not with the session of the first step."""
    attacker, bystander = Browser(server), Browser(server)
    for path in (LOGIN, f"{LOGIN}?next={ADMIN}"):
        answer = attacker.submit(path, username=email, password=PASSWORD)
        assert answer.headers["Location"].startswith(VERIFY)
        assert not attacker.is_signed_in()
    assert LOGIN in attacker.get(PAGES).headers["Location"]
    bystander.get(LOGIN)
    assert bystander.post(VERIFY, {"code": phone.recovery_codes[0]}).headers["Location"] == LOGIN
    assert not bystander.is_signed_in()

    before = attacker.cookies[SESSION]
    assert attacker.submit(VERIFY, code=phone.recovery_codes[0]).status == 302
    assert attacker.is_signed_in()
    assert attacker.cookies[SESSION] != before
    assert not attacker.with_cookies(**{SESSION: before}).is_signed_in()


def test_m04_m05_codes_are_valid_once(server: Server, email: str, phone: Phone) -> None:
    """M04, M05."""
    for code in (phone.code(1), phone.recovery_codes[3]):
        outcomes = []
        for _ in range(2):
            browser = Browser(server)
            browser.sign_in(email)
            browser.submit(VERIFY, code=code)
            outcomes.append(browser.is_signed_in())
        assert outcomes == [True, False]


def test_m10_pages_and_log_keep_the_secrets(server: Server, browser: Browser) -> None:
    """M10, W01, W03, W07: pages with secrets are not stored, and the log has none of them."""
    for path in (PAGES, SET_UP):
        answer = browser.get(path)
        assert_headers(answer)
        assert not re.search(r"<style|<[^>]*\s(style|on\w+)=|=.javascript:", answer.text)
    phone = Phone(browser)
    assert_headers(phone.shown)
    browser.submit(f"{PAGES}recovery-codes/", code=phone.code(1))

    log = server.log()

    assert "second_factor_changed" in security_events(server, browser.address)
    secrets = [phone.secret, phone.state, phone.code(), phone.code(1), *phone.recovery_codes]
    assert not [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}\b", log)]


@pytest.mark.parametrize("code", [" ", "\u2003", "\x01", "²34567", "9" * 5000, "0", "<b>", "'--"])
def test_m12_malformed_codes_are_refused(
    server: Server, email: str, phone: Phone, code: str
) -> None:
    """M12: with no server error."""
    visitor = Browser(server)
    visitor.sign_in(email)
    for path in (VERIFY, f"{VERIFY}?recovery=1"):
        answer = visitor.submit(path, code=code)
        assert answer.status == 200
        assert_gives_nothing_away(answer)
    assert visitor.submit(VERIFY, code=phone.recovery_codes[9]).status == 302


def test_m07_password_reset_leaves_the_second_factor(
    server: Server, email: str, phone: Phone
) -> None:
    """M07, ASVS 6.4.3."""
    thief, new = Browser(server), "the tide comes in at seven"
    thief.reset(thief.reset_link(email), new)
    assert thief.sign_in(email, new).headers["Location"].startswith(VERIFY)
    assert not thief.is_signed_in()
    assert thief.submit(VERIFY, code=phone.recovery_codes[5]).status == 302
    assert thief.is_signed_in()
