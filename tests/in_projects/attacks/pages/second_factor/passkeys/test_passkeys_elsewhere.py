"""M: other attacks on passkeys on the pages of a running service."""

import pytest

from tests.accounts.second_factor.passkeys.device import Device
from tests.attacks.checks import assert_gives_nothing_away
from tests.attacks.pages.client import LOGIN, ORIGIN, SESSION, Browser
from tests.attacks.pages.second_factor.passkeys.conftest import (
    ADD,
    OPTIONS,
    SIGN_IN,
    VERIFY,
    add,
    respond,
    sign_in,
)
from tests.attacks.server import Server


def test_m11_spoilt_response_adds_no_passkey(browser: Browser) -> None:
    """M11."""
    assert add(browser, Device(ORIGIN), origin="https://evil.test").headers["Location"] == ADD
    assert add(browser, Device(ORIGIN)).status == 200


@pytest.mark.parametrize(
    "response",
    ["", "{" * 8000, "9" * 100_000],
    ids=lambda text: text[:12],
)
def test_m12_malformed_responses_are_refused(
    server: Server, email: str, device: Device, response: str
) -> None:
    """M12: with no server error."""
    held = Browser(server)
    held.sign_in(email)
    answers = [sign_in(Browser(server), response), held.submit(VERIFY, code=response)]
    new = Browser(server).signed_in(server.new_user())
    new.get(ADD)
    answers.append(new.post(ADD, {"code": response, "name": "x"}))
    for answer in answers:
        assert answer.status in {200, 302}
        assert_gives_nothing_away(answer)
    assert not held.is_signed_in()

    assert held.submit(VERIFY, code=respond(held, device, OPTIONS)).status == 302
    assert add(new, Device(ORIGIN)).status == 200


def test_m20_forms_of_passkeys_need_a_csrf_token(
    server: Server, email: str, device: Device
) -> None:
    """M20, S08, S09: no one signs another browser in with their own passkey."""
    victim = Browser(server)
    response = respond(victim, device)
    victim.get(LOGIN)
    for headers in ({}, {"Origin": "https://evil.test"}):
        assert victim.post_bare(SIGN_IN, {"code": response}, **headers).status == 403
    before = victim.cookies.get(SESSION)
    assert sign_in(victim, response).headers["Location"] == "/"
    assert victim.cookies[SESSION] != before


def test_m11_response_is_valid_once_and_for_one_purpose_and_user(
    server: Server, email: str, device: Device
) -> None:
    """M11."""
    victim, thief, held = Browser(server), Browser(server), Browser(server)
    held.sign_in(email)
    alone, again = respond(victim, device), respond(held, device, OPTIONS)
    stranger = Browser(server).signed_in(server.new_user())
    other = Device(ORIGIN)
    assert add(stranger, other).status == 200
    assert held.submit(VERIFY, code=respond(stranger, other, OPTIONS)).status == 200
    assert held.submit(VERIFY, code=respond(Browser(server), device)).status == 200
    assert sign_in(thief, again).headers["Location"] == LOGIN

    assert sign_in(victim, alone).headers["Location"] == "/"
    assert held.submit(VERIFY, code=again).status == 302

    assert sign_in(thief, alone).headers["Location"] == LOGIN
    assert not thief.is_signed_in()
