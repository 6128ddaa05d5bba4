"""P: guessing passwords, by the API."""

from tests.attacks.api.caller import Caller, code_of
from tests.attacks.api.test_passwords_by_api import CHANGE, CONFIRM, MOVE, reset_link
from tests.attacks.server import PASSWORD, Server, somewhere

NEW = "the tide comes in at six"


def test_p07_p11_one_account_from_one_address(server: Server, email: str) -> None:
    """P07, P11, ASVS 6.1.1, 6.3.1: in any spelling."""
    caller = Caller(server)
    for spelling in (email, email.upper(), f" {email} ", email.title(), f"{email}\t"):
        assert caller.sign_in(spelling, "wrong").status == 401
    answer = caller.sign_in(email)

    assert answer.status == 429
    assert code_of(answer) == "throttled"
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert Caller(server).sign_in(email).status == 200


def test_p08_one_account_from_everywhere(server: Server, email: str) -> None:
    """P08, ASVS 6.3.1: a new address for each guess does not help."""
    statuses = [Caller(server).sign_in(email, "wrong").status for _ in range(21)]

    assert statuses == [401] * 20 + [429]
    assert Caller(server).sign_in(email).status == 429


def test_p09_many_accounts_from_one_address(server: Server) -> None:
    """P09, ASVS 6.3.1: one password for all of them does not help either."""
    caller = Caller(server)
    statuses = [
        caller.sign_in(f"spray{number}@example.com", "Password123!").status for number in range(16)
    ]

    assert statuses == [401] * 15 + [429]


def test_p10_nobody_is_locked_out_by_others(server: Server, email: str) -> None:
    """P10, ASVS 6.1.1: where the user has been before, and after a reset anywhere."""
    home = somewhere()
    assert Caller(server, home).sign_in(email).status == 200
    for _ in range(25):
        Caller(server).sign_in(email, "wrong")
    assert Caller(server, home).sign_in(email).status == 200

    traveller = Caller(server)
    link = reset_link(server, email)
    assert traveller.post(CONFIRM, **link, new_password=NEW).status == 204
    assert traveller.sign_in(email, NEW).status == 200


def test_p13_every_place_that_takes_the_password_shares_the_budget(
    server: Server, email: str
) -> None:
    """P13, ASVS 6.1.3, 6.3.4."""
    caller = Caller(server).signed_in(email)

    def attempt(number: int) -> int:
        if number % 3 == 0:
            return caller.sign_in(email, "wrong").status
        if number % 3 == 1:
            return caller.post(CHANGE, current_password="wrong", new_password=NEW).status
        return caller.post(MOVE, email="x@example.com", password="wrong").status

    assert [attempt(number) for number in range(5)] == [401, 400, 400, 401, 400]
    assert [attempt(number) for number in range(3)] == [429, 429, 429]
    assert caller.post(CHANGE, current_password=PASSWORD, new_password=NEW).status == 429
    assert caller.is_let_in()


def test_w11_forwarded_addresses_are_the_clients_own_words(server: Server, email: str) -> None:
    """W11, ASVS 4.1.3, 15.3.4: entries to the left of what our proxy saw."""
    address, statuses = somewhere(), []
    for number in range(6):
        claims = {
            "X_Forwarded_For": f"198.51.100.{number}, {address}",
            "X_Real_IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
            "True_Client_IP": f"198.51.100.{number}",
        }
        body = {"email": email, "password": "wrong"}
        statuses.append(Caller(server).call("POST", "/api/auth/token/", body, **claims).status)

    assert statuses == [401] * 5 + [429]
