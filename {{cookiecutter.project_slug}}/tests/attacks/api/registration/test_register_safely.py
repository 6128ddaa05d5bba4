"""P and W: opening an account by the API."""

import json

import pytest

from tests.attacks.api.caller import ME, Caller
from tests.attacks.api.test_passwords_by_api import VERIFY, like, verification_of
from tests.attacks.server import PASSWORD, Server

REGISTER = "/api/auth/register/"
NEW = "the tide comes in at six"


def test_p03_a_taken_address_gets_the_same_answer(server: Server, email: str) -> None:
    """P03, ASVS 6.3.8: in any spelling, and its owner is told."""
    answers = [
        like(Caller(server).post(REGISTER, email=name, password=NEW))
        for name in (email, email.upper(), "caller-1@example.com")
    ]

    assert answers[0] == answers[1] == answers[2]
    with pytest.raises(AssertionError):
        verification_of(server.mail_to(email))
    assert Caller(server).sign_in(email, NEW).status == 401
    assert Caller(server).sign_in(email, PASSWORD).status == 200


def test_p30_an_unconfirmed_address_opens_nothing(server: Server) -> None:
    """P30, ASVS 6.4.1: until its link is followed, which is good once."""
    email = "caller-2@example.com"
    Caller(server).post(REGISTER, email=email, password=NEW)
    token = verification_of(server.mail_to(email))
    assert Caller(server).sign_in(email, NEW).status == 401

    assert Caller(server).post(VERIFY, token=token).status == 204
    assert Caller(server).sign_in(email, NEW).status == 200
    assert Caller(server).post(VERIFY, token=token).status == 400


def test_w27_a_newcomer_chooses_nothing_else(server: Server) -> None:
    """W27, ASVS 15.3.3."""
    more = dict.fromkeys(["is_staff", "is_superuser", "is_active", "email_verified"], True)
    email = "caller-3@example.com"
    answer = Caller(server).post(REGISTER, email=email, password=NEW, **more, id="1")

    assert answer.status == 202
    assert set(json.loads(answer.body)) == {"detail"}
    assert Caller(server).sign_in(email, NEW).status == 401
    Caller(server).post(VERIFY, token=verification_of(server.mail_to(email)))
    caller = Caller(server).signed_in(email, NEW)
    assert caller.call("GET", "/api/schema/").status == 403
    assert json.loads(caller.call("GET", ME).body)["id"] != "1"


@pytest.mark.parametrize("weak", ["password1234", "caller-4@example.com", "x" * 129])
def test_p15_a_weak_password_is_refused(caller: Caller, weak: str) -> None:
    """P15, P17, ASVS 6.2.1, 6.2.4, 6.2.11."""
    answer = caller.post(REGISTER, email="caller-4@example.com", password=weak)

    assert answer.status == 400
    assert json.loads(answer.body)["password"]


def test_p22_newcomers_are_counted(server: Server) -> None:
    """P22, ASVS 2.4.1: for one address, and from one client."""
    email, caller = "caller-5@example.com", Caller(server)
    statuses = [Caller(server).post(REGISTER, email=email, password=NEW).status for _ in range(6)]
    assert statuses == [202] * 5 + [429]

    many = [f"crowd-{number}@example.com" for number in range(31)]
    statuses = [caller.post(REGISTER, email=one, password=NEW).status for one in many]
    assert statuses == [202] * 30 + [429]
