"""P and W: sign-up by the API."""

import json

import pytest

from tests.attacks.api.client import ME, Caller
from tests.attacks.client import NEW
from tests.attacks.server import LIMITS, PASSWORD, Server

REGISTER = "/api/auth/register/"


def test_p03_sign_up_with_a_taken_email_gets_the_same_response(server: Server, email: str) -> None:
    """P03, ASVS 6.3.8: in any spelling, and its owner is notified."""
    caller = Caller(server)
    first, second, third = (
        caller.tells(caller.post(REGISTER, email=name, password=NEW))
        for name in (email, email.upper(), "caller-1@example.com")
    )

    assert first == second == third
    with pytest.raises(AssertionError):
        caller.verification(server.mail_to(email))
    assert caller.tries(email, NEW) == "refused"
    assert caller.tries(email, PASSWORD) == "done"


def test_w27_p15_p30_sign_up_requires_confirmation_and_ignores_other_fields(
    server: Server, caller: Caller
) -> None:
    """W27, P15, P30, ASVS 6.2.4, 6.4.1, 15.3.3: the link works once."""
    more = dict.fromkeys(["is_staff", "is_superuser", "is_active", "email_verified"], True)
    email = "caller-2@example.com"
    weak = caller.post(REGISTER, email=email, password="password1234")
    assert (weak.status, [*json.loads(weak.body)]) == (400, ["password"])
    answer = caller.post(REGISTER, email=email, password=NEW, **more, id="1")
    token = caller.verification(server.mail_to(email))
    assert answer.status == 202
    assert set(json.loads(answer.body)) == {"detail"}
    assert caller.tries(email, NEW) == "refused"

    assert [caller.verify(token).status for _ in range(2)] == [204, 400]
    caller.signed_in(email, NEW)
    assert caller.call("GET", "/api/schema/").status == 403
    assert caller.get(ME)["id"] != "1"


def test_p22_sign_ups_are_rate_limited(server: Server, caller: Caller) -> None:
    """P22, ASVS 2.4.1: for one email address, and from one client."""
    form = {"email": "caller-5@example.com", "password": NEW}
    emails, _ = LIMITS["mail_to"]
    statuses = [Caller(server).post(REGISTER, **form).status for _ in range(emails + 1)]
    assert statuses == [202] * emails + [429]

    emails, _ = LIMITS["mail_from"]
    many = [f"crowd-{number}@example.com" for number in range(emails + 1)]
    statuses = [caller.post(REGISTER, email=one, password=NEW).status for one in many]
    assert statuses == [202] * emails + [429]
