"""P: passwords and accounts, by the API."""

import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest

from tests.attacks.api.caller import ME, Caller
from tests.attacks.server import PASSWORD, Answer, Server

NEW = "the tide comes in at six"
CHANGE = "/api/auth/password/change/"
RESET = "/api/auth/password/reset/"
CONFIRM = "/api/auth/password/reset/confirm/"
MOVE = "/api/auth/email/change/"
VERIFY = "/api/auth/email/verify/"
RESEND = "/api/auth/email/verify/resend/"


def like(answer: Answer) -> tuple[object, ...]:
    """Return what an answer tells."""
    headers = Counter(name for name, _ in answer.headers.items())
    return answer.status, headers, answer.body


def reset_link(server: Server, email: str) -> dict[str, str]:
    """Ask for a reset, and return what the link in the mail holds."""
    known = server.mails_to(email)
    Caller(server).post(RESET, email=email)
    mail = unescape(server.mail_to(email, "The link works once", after=known))
    found = re.search(r"uid=([\w-]+)&token=([\w-]+)|/reset/([\w-]+)/([\w-]+)/", mail)
    assert found, mail
    uid, token = (part for part in found.groups() if part)
    return {"uid": uid, "token": token}


def verification_of(mail: str) -> str:
    """Return the token of the link in a mail that asks to confirm an address."""
    found = re.search(r"(?:#token=|/verify-email/)([\w:.=-]+[\w])", unescape(mail))
    assert found, mail
    return found[1]


def test_p01_every_refusal_is_the_same(server: Server, email: str) -> None:
    """P01, R3, ASVS 6.3.8."""
    answers = [Caller(server).sign_in(name, "wrong") for name in (email, "no@example.com")]

    assert like(answers[0]) == like(answers[1])
    assert answers[0].status == 401
    assert answers[0].headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", [RESET, RESEND])
def test_p04_p06_asking_for_a_mail_tells_nothing(server: Server, email: str, path: str) -> None:
    """P04, P06, ASVS 6.3.8."""
    answers = [Caller(server).post(path, email=name) for name in (email, "no@example.com")]

    assert like(answers[0]) == like(answers[1])
    assert answers[0].status == 202
    assert "To: no@example.com" not in server.out.read_text()


def test_p06_moving_to_a_taken_address_tells_nothing(server: Server, holder: Caller) -> None:
    """P06, P25, ASVS 6.3.8: only the owner of the address is told."""
    taken = server.new_user()
    answers = [
        holder.post(MOVE, email=name, password=PASSWORD)
        for name in (taken, "a-free-one-too@example.com")
    ]

    assert like(answers[0]) == like(answers[1])
    with pytest.raises(AssertionError):
        verification_of(server.mail_to(taken))
    assert verification_of(server.mail_to("a-free-one-too@example.com"))


@pytest.mark.parametrize(
    "weak", ["short", "password1234", "qwertyuiop12", "111111111111", "letmeinletmein", "x" * 129]
)
def test_p15_p17_weak_passwords_are_refused_with_the_reason(
    server: Server, holder: Caller, email: str, weak: str
) -> None:
    """P15, P17, ASVS 6.2.1, 6.2.4, 6.2.12: on every way to set one."""
    answers = [
        holder.post(CHANGE, current_password=PASSWORD, new_password=weak),
        holder.post(CONFIRM, **reset_link(server, email), new_password=weak),
    ]
    for answer in answers:
        assert answer.status == 400
        assert json.loads(answer.body)["new_password"]


@pytest.mark.parametrize(
    "typed",
    ["  spaces at  both ends ", "🌊🌊🌊🌊🌊🌊🌊🌊 the sea", "8301947562038", "x k" * 21 + "z"],
)
def test_p16_a_password_counts_as_it_was_typed(
    server: Server, holder: Caller, email: str, typed: str
) -> None:
    """P16, ASVS 6.2.5, 6.2.8, 6.2.9."""
    assert holder.post(CHANGE, current_password=PASSWORD, new_password=typed).status == 204

    assert Caller(server).sign_in(email, typed).status == 200
    assert Caller(server).sign_in(email, typed[:-1]).status == 401
    if typed.strip() != typed:
        assert Caller(server).sign_in(email, typed.strip()).status == 401


@pytest.mark.parametrize("length", [4096, 4097, 1_000_000])
def test_p17_a_huge_password_costs_no_more(server: Server, email: str, length: int) -> None:
    """P17, ASVS 15.2.2."""
    assert Caller(server).sign_in(email, "x" * length).status in {400, 401}


def test_p18_a_reset_link_is_good_once_and_ends_with_a_newer(server: Server, email: str) -> None:
    """P18, P21, ASVS 6.4.1, 6.5.1, 16.2.5."""
    older, newer = reset_link(server, email), reset_link(server, email)
    caller = Caller(server)
    assert caller.post(CONFIRM, **older, new_password=NEW).status == 400
    assert caller.post(CONFIRM, **newer, new_password=NEW).status == 204

    assert caller.post(CONFIRM, **newer, new_password=NEW).status == 400
    assert caller.sign_in(email, NEW).status == 200
    assert newer["token"] not in server.log()


def at_once(call: Callable[[int], int]) -> list[int]:
    """Do something eight times at the same moment, and return what came back, in order."""
    barrier = Barrier(8)

    def wait_and_call(number: int) -> int:
        barrier.wait(timeout=20)
        return call(number)

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(wait_and_call, range(8)))


@pytest.mark.parametrize("round_", range(4))
def test_p18_of_many_uses_of_a_reset_link_at_once_one_counts(
    server: Server, email: str, round_: int
) -> None:
    """P18, ASVS 6.5.1, 15.4.2: a link works once, also under concurrent requests."""
    link = reset_link(server, email)

    def follow(number: int) -> int:
        return Caller(server).post(CONFIRM, **link, new_password=f"{NEW} {number}").status

    assert at_once(follow) == [204] + [400] * 7
    found = [Caller(server).sign_in(email, f"{NEW} {number}").status for number in range(8)]
    assert sorted(found) == [200] + [401] * 7


@pytest.mark.parametrize("round_", range(4))
def test_p30_of_many_uses_of_a_confirmation_at_once_one_counts(
    server: Server, holder: Caller, email: str, round_: int
) -> None:
    """P30, P25, ASVS 6.5.1, 15.4.2."""
    assert holder.post(MOVE, email=f"next-{email}", password=PASSWORD).status == 202
    token = verification_of(server.mail_to(f"next-{email}"))

    def follow(_: int) -> int:
        return Caller(server).post(VERIFY, token=token).status

    assert at_once(follow) == [204] + [400] * 7
    assert Caller(server).sign_in(f"next-{email}").status == 200


def test_p18_a_reset_link_is_for_its_own_user(server: Server, email: str) -> None:
    """P18: and it ends when the user signs in."""
    link, other = reset_link(server, email), reset_link(server, server.new_user())
    mixed = {"uid": other["uid"], "token": link["token"]}
    assert Caller(server).post(CONFIRM, **mixed, new_password=NEW).status == 400

    Caller(server).signed_in(email)
    assert Caller(server).post(CONFIRM, **link, new_password=NEW).status == 400


@pytest.mark.parametrize(
    "typed",
    [
        "{email}\r\nBcc: evil@evil.test",
        "{email},evil@evil.test",
        "<{email}>",
        "{email}\x00",
        ["{email}", "evil@evil.test"],
        {"email": "{email}"},
        None,
        True,
        12,
    ],
    ids=str,
)
def test_p20_no_address_brings_a_mail_to_somebody_else(
    caller: Caller, server: Server, email: str, typed: object
) -> None:
    """P20, ASVS 1.3.11, WSTG-INPV-17."""
    body = json.loads(json.dumps({"email": typed}).replace("{email}", email))
    claims = {"X_Forwarded_Host": "evil.test", "Forwarded": "host=evil.test"}

    assert caller.call("POST", RESET, body, **claims).status == 400
    assert "evil@evil.test" not in server.out.read_text()


def test_p20_links_name_the_configured_host(server: Server, caller: Caller, email: str) -> None:
    """P20, W09, ASVS 4.1.3."""
    claims = {"X_Forwarded_Host": "evil.test", "Forwarded": "host=evil.test"}
    assert caller.call("POST", RESET, {"email": email}, **claims).status == 202

    assert "evil" not in server.mail_to(email)


def test_p22_mails_and_guessed_links_are_counted(server: Server, email: str) -> None:
    """P22, ASVS 2.4.1, 6.6.3: and they lock no one out."""
    statuses = [Caller(server).post(RESET, email=email).status for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    thief = Caller(server)
    guess = {"uid": "MQ", "new_password": NEW}
    guesses = [thief.post(CONFIRM, **guess, token=f"abcdef-{n:032x}").status for n in range(21)]
    assert guesses == [400] * 20 + [429]
    assert thief.post(VERIFY, token="x").status == 429

    assert Caller(server).sign_in(email).status == 200


def test_p23_a_reset_ends_all_and_begins_none(server: Server, holder: Caller, email: str) -> None:
    """P23, J30, ASVS 6.3.7, 7.4.3."""
    answer = Caller(server).post(CONFIRM, **reset_link(server, email), new_password=NEW)

    assert answer.status == 204
    assert answer.body == b""
    assert not holder.is_let_in()
    assert holder.renew().status == 401
    assert server.mail_to(email, "was changed")


def test_p24_the_password_changes_in_one_place_and_with_the_old_one(
    server: Server, holder: Caller, email: str
) -> None:
    """P24, ASVS 6.2.2, 6.2.3."""
    assert holder.post(CHANGE, new_password=NEW).status == 400
    assert holder.post(CHANGE, current_password="wrong", new_password=NEW).status == 400
    assert holder.post(CHANGE, current_password=NEW, new_password=NEW).status == 400
    for method in ("PATCH", "PUT", "POST"):
        holder.call(method, ME, {"password": NEW, "new_password": NEW})

    assert Caller(server).sign_in(email).status == 200


def test_p25_an_address_changes_with_the_password_and_after_a_confirmation(
    server: Server, holder: Caller, email: str
) -> None:
    """P25, ASVS 6.3.7, 7.5.1: the old address is told, and the link is good once."""
    new = f"moved-{email}"
    assert holder.post(MOVE, email=new, password="wrong").status == 400
    assert holder.post(MOVE, email=new, password=PASSWORD).status == 202
    assert json.loads(holder.call("GET", ME).body)["email"] == email
    token = verification_of(server.mail_to(new))
    assert Caller(server).post(VERIFY, token=token).status == 204

    assert Caller(server).post(VERIFY, token=token).status == 400
    assert Caller(server).sign_in(new).status == 200
    assert Caller(server).sign_in(email).status == 401


@pytest.mark.parametrize("name", ["admin", "root", "admin@example.com", "test@example.com"])
def test_p28_there_are_no_default_accounts(server: Server, name: str) -> None:
    """P28, ASVS 6.3.2."""
    assert Caller(server).sign_in(name, "admin").status == 401
