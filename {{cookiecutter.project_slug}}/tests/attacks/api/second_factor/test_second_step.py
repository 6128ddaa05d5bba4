"""M: attacks on the second factor of a user, with the password or a stolen device."""

import json
from typing import Any

import pytest
from django.utils import timezone
from pyotp import TOTP

from tests.accounts.second_factor.conftest import wrong
from tests.attacks.api.client import ME, REFRESH, Caller, code_of
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.server import LIMITS, Answer, Server

VERIFY = "/api/auth/token/second-factor/"
SET_UP = "/api/auth/token/second-factor/set-up/"
MANAGE = "/api/auth/second-factor/"
CODES = "/api/auth/second-factor/recovery-codes/"
REMOVE = "/api/auth/second-factor/remove/"
HELD = (403, "second_factor_required")
WRONG = (401, "invalid_second_factor")
EXPIRED = (401, "invalid_ticket")


class Owner:
    """A user with an app, on the device where it was set up."""

    def __init__(self, server: Server, email: str) -> None:
        self.server, self.email = server, email
        self.device = Caller(server).signed_in(email)
        begun = json.loads(self.device.call("POST", MANAGE, {}).body)
        self.secret, self.state = begun["secret"], begun["state"]
        self.used = self.code()
        body = {"state": self.state, "otp": self.used}
        finished = json.loads(self.device.call("PUT", MANAGE, body).body)
        self.recovery_codes = finished["recovery_codes"]

    def code(self, steps: int = 0) -> str:
        """Return the code of the current step, or of one some steps away."""
        return TOTP(self.secret).at(timezone.now(), counter_offset=steps)

    def ticket(self, caller: Caller | None = None) -> str:
        """Enter the password alone."""
        answer = (caller or Caller(self.server)).sign_in(self.email)
        assert (answer.status, code_of(answer)) == HELD
        return str(json.loads(answer.body)["ticket"])

    def enter(self, otp: str, ticket: str = "", caller: Caller | None = None) -> Answer:
        """Enter a code, by default with a new ticket."""
        caller = caller or Caller(self.server)
        return caller.post(VERIFY, ticket=ticket or self.ticket(caller), otp=otp)


@pytest.fixture
def owner(server: Server, email: str) -> Owner:
    """A user with an app."""
    return Owner(server, email)


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, code_of(answer)


def test_m01_password_alone_begins_nothing(server: Server, owner: Owner) -> None:
    """M01, ASVS 6.3.3, 6.3.4: no token, and no sign-in in the list."""
    answer = Caller(server).sign_in(owner.email)

    body: dict[str, Any] = json.loads(answer.body)
    assert told(answer) == HELD
    assert set(body) == {"detail", "code", "ticket", "expires_in", "methods"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(owner.device.get("/api/auth/sign-ins/")) == 1
    caller = Caller(server)
    caller.keep(owner.enter(owner.code(1), body["ticket"]))
    assert caller.is_let_in()


def test_m02_m03_ticket_is_needed_and_valid_for_the_next_step_of_its_user_alone(
    server: Server, owner: Owner
) -> None:
    """M02, M03: not as an access or refresh token, in a reset, for a setup or another user."""
    ticket, stranger = owner.ticket(), Owner(server, server.new_user())
    caller = Caller(server)
    assert caller.call("GET", ME, Authorization=f"Bearer {ticket}").status == 401
    assert caller.post(REFRESH, refresh=ticket).status == 401
    reset = {"uid": "x", "token": ticket, "new_password": "the tide comes in at six"}
    assert caller.post("/api/auth/password/reset/confirm/", **reset).status == 400
    assert told(caller.post(SET_UP, ticket=ticket)) == EXPIRED
    for other in (f"{ticket}x", ticket[1:], owner.device.access, owner.state):
        assert told(owner.enter(owner.code(1), other)) == EXPIRED
    assert told(owner.enter(owner.code(1), stranger.ticket())) == WRONG

    assert owner.enter(owner.code(1), ticket).status == 200
    assert told(owner.enter(owner.recovery_codes[0], ticket)) == EXPIRED


def test_m04_m05_code_is_valid_once(owner: Owner) -> None:
    """M04, M05, ASVS 6.5.1: with another ticket too."""
    assert told(owner.enter(owner.used)) == WRONG
    for code in (owner.code(1), owner.recovery_codes[1]):
        assert owner.enter(code).status == 200
        assert told(owner.enter(code)) == WRONG


def test_m06_guesses_are_limited_and_do_not_lock_the_owner_out(
    server: Server, owner: Owner
) -> None:
    """M06, ASVS 6.3.1, 6.1.1: of attackers with the password, in many networks."""
    tries, _ = LIMITS["second_factor"]
    everywhere, _ = LIMITS["second_factor_account"]
    found = [
        owner.enter(wrong(owner.code()), caller=attacker).status
        for attacker in [Caller(server) for _ in range(everywhere // tries + 1)]
        for _ in range(tries)
    ]

    assert found == [401] * everywhere + [429] * tries
    assert "knows your password" in server.mail_to(owner.email, "knows your password")
    at_home = Caller(server, owner.device.address)
    assert owner.enter(owner.code(1), caller=at_home).status == 200


def test_m07_password_reset_leaves_the_second_factor(server: Server, owner: Owner) -> None:
    """M07, ASVS 6.4.3."""
    caller, new = Caller(server), "the tide comes in at six"
    assert caller.reset(caller.reset_link(owner.email), new).status == 204

    answer = caller.sign_in(owner.email, new)

    assert told(answer) == HELD
    assert owner.enter(owner.code(1), json.loads(answer.body)["ticket"]).status == 200


def test_m08_m09_m16_changes_require_a_code_and_end_other_sign_ins(
    server: Server, owner: Owner
) -> None:
    """M08, M09, M16, ASVS 6.3.7, 7.4.3: on an unattended device too, and the user is notified."""
    other = Caller(server)
    other.keep(owner.enter(owner.recovery_codes[1]))
    for path in (REMOVE, CODES, MANAGE):
        answer = owner.device.post(path, otp=wrong(owner.code()))
        assert told(answer) == (400, "invalid_second_factor")
        assert Caller(server).post(path, otp=owner.code(1)).status == 401
    assert other.is_let_in()

    assert owner.device.post(REMOVE, otp=owner.code(1)).status == 204

    assert (owner.device.is_let_in(), other.is_over()) == (True, True)
    assert server.mail_to(owner.email, "was removed")
    assert Caller(server).sign_in(owner.email).status == 200


def test_m10_secrets_are_in_no_log(server: Server, owner: Owner) -> None:
    """M10, ASVS 16.2.5."""
    ticket, code = owner.ticket(), owner.recovery_codes[2]
    assert owner.enter(code, ticket).status == 200

    log = server.log()

    assert '"event": "second_factor_changed"' in log
    assert not [text for text in (owner.secret, owner.state, ticket, code) if text in log]


@pytest.mark.parametrize("otp", ["", " ", "-", "x" * 65, None, [], {"otp": "1"}, 123456], ids=str)
def test_m12_malformed_code_is_rejected(owner: Owner, otp: Any) -> None:
    """M12, R1."""
    ticket = owner.ticket()
    answer = owner.enter(otp, ticket)

    assert answer.status in {400, 401}
    assert_gives_nothing_away(answer)
    assert owner.enter(owner.code(1), ticket).status == 200


def test_m18_client_cannot_choose_the_secret(server: Server, owner: Owner) -> None:
    """M18, ASVS 6.5.3: nor use the state of another user."""
    device, theirs = Caller(server).signed_in(server.new_user()), owner.state
    begun = json.loads(device.call("POST", MANAGE, {}).body)
    chosen = TOTP("A" * 32).now()
    own = device.call("PUT", MANAGE, {"state": "A" * 32, "secret": "A" * 32, "otp": chosen})
    assert told(own) == (400, "invalid_enrollment")
    other = device.call("PUT", MANAGE, {"state": theirs, "otp": owner.code(1)})
    assert told(other) == (400, "invalid_enrollment")

    honest = {"state": begun["state"], "otp": TOTP(begun["secret"]).now()}
    assert device.call("PUT", MANAGE, honest).status == 200


def test_m19_wrong_password_tells_nothing_of_the_second_factor(
    server: Server, owner: Owner
) -> None:
    """M19, ASVS 6.3.8."""
    with_one, without = Caller(server), Caller(server)
    found = with_one.sign_in(owner.email, "wrong")

    assert with_one.tells(found) == without.tells(without.sign_in(server.new_user(), "wrong"))
    assert told(Caller(server).sign_in(owner.email)) == HELD
