"""P: guessing passwords, on pages."""

from tests.attacks.pages.browser import Browser, link_in
from tests.attacks.server import PASSWORD, Server, somewhere

ADMIN = "/back-office/"
NEW = "the tide comes in at six"


def test_p07_p11_one_account_from_one_address(server: Server, email: str) -> None:
    """P07, P11, ASVS 6.1.1, 6.3.1: in any spelling, and an email is the way out."""
    address = somewhere()
    spellings = [email, email.upper(), f" {email} ", email.title(), f"{email}\t"]
    for spelling in spellings:
        assert Browser(server, address).sign_in(spelling, "wrong").status == 200
    answer = Browser(server, address).sign_in(email)

    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert Browser(server).sign_in(email).status == 302


def test_p08_one_account_from_everywhere(server: Server, email: str) -> None:
    """P08, ASVS 6.3.1: a new address for each guess does not help."""
    statuses = [Browser(server).sign_in(email, "wrong").status for _ in range(21)]

    assert statuses == [200] * 20 + [429]
    assert Browser(server).sign_in(email).status == 429


def test_p09_many_accounts_from_one_address(server: Server) -> None:
    """P09, ASVS 6.3.1: one password for all of them does not help either."""
    address = somewhere()
    statuses = [
        Browser(server, address).sign_in(f"spray{number}@example.com", "Password123!").status
        for number in range(16)
    ]

    assert statuses == [200] * 15 + [429]


def test_p10_nobody_is_locked_out_by_others(server: Server, email: str) -> None:
    """P10, ASVS 6.1.1: where the user has been before."""
    home = somewhere()
    assert Browser(server, home).sign_in(email).status == 302
    for _ in range(25):
        Browser(server).sign_in(email, "wrong")

    assert Browser(server, home).sign_in(email).status == 302


def test_p10_a_mail_is_the_way_out_elsewhere(server: Server, email: str) -> None:
    """P10, P22: a lockout does not reach the reset."""
    for _ in range(21):
        Browser(server).sign_in(email, "wrong")
    visitor = Browser(server)
    visitor.submit("/accounts/password_reset/", email=email)
    page = visitor.get(link_in(server.mail_to(email, "/reset/"))).headers["Location"]
    visitor.submit(page, new_password1=NEW, new_password2=NEW)

    assert visitor.sign_in(email, NEW).status == 302


def test_w11_forwarded_addresses_are_the_clients_own_words(server: Server, email: str) -> None:
    """W11, ASVS 4.1.3, 15.3.4: entries to the left of what our proxy saw."""
    address, statuses = somewhere(), []
    for number in range(6):
        browser = Browser(server)
        claims = {
            "X_Forwarded_For": f"198.51.100.{number}, {address}",
            "X_Real_IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
            "True_Client_IP": f"198.51.100.{number}",
            "CF_Connecting_IP": f"198.51.100.{number}",
        }
        browser.get("/accounts/login/")
        form = {"username": email, "password": "wrong"}
        statuses.append(browser.post("/accounts/login/", form, **claims).status)

    assert statuses == [200] * 5 + [429]


def test_p13_every_place_that_takes_the_password_shares_the_budget(
    server: Server, browser: Browser, email: str
) -> None:
    """P13, ASVS 6.1.3, 6.3.4: pages, the admin, and every reauthentication."""

    def attempt(number: int, password: str) -> int:
        visitor = Browser(server, browser.address)
        if number % 4 == 0:
            return visitor.sign_in(email, password).status
        if number % 4 == 1:
            door = visitor.get(f"{ADMIN}login/").headers["Location"]
            return visitor.submit(door, username=email, password=password).status
        if number % 4 == 2:
            form = {"old_password": password, "new_password1": NEW, "new_password2": NEW}
            return browser.submit("/accounts/password_change/", **form).status
        form = {"email": "x@example.com", "password": password}
        return browser.submit("/accounts/email_change/", **form).status

    assert [attempt(number, "wrong") for number in range(5)] == [200] * 5
    assert [attempt(number, PASSWORD) for number in range(4)] == [429] * 4
    assert browser.is_signed_in()
