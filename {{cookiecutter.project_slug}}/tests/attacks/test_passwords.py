"""P: passwords and accounts, with each kind of client."""

from html import unescape

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.attacks.client import NEW, Client
from tests.attacks.server import LIMITS, PASSWORD, Server

Kind = type[Client]
FOREIGN_HOST = {"X_Forwarded_Host": "evil.test", "Forwarded": "host=evil.test"}


@pytest.fixture
def visitor(server: Server, kind: Kind) -> Client:
    """A client that is not signed in."""
    return kind(server)


def reasons(weak: str) -> list[str]:
    """Return what is wrong with a password, in the language of the service."""
    with pytest.raises(ValidationError) as refused:
        validate_password(weak)
    return refused.value.messages


def test_p01_every_refusal_is_the_same(server: Server, kind: Kind, email: str) -> None:
    """P01, R3, ASVS 6.3.8."""
    known, unknown = (kind(server).sign_in(name, "wrong") for name in (email, "no@example.com"))

    assert kind(server).tells(known) == kind(server).tells(unknown)
    assert kind(server).outcome(known) == "refused"


def test_p04_asking_for_a_link_tells_nothing(server: Server, kind: Kind, email: str) -> None:
    """P04, P06, ASVS 6.3.8."""
    known, unknown = (kind(server).ask_for_reset(name) for name in (email, "no@example.com"))

    assert kind(server).tells(known) == kind(server).tells(unknown)
    assert kind(server).outcome(known) == "done"
    assert server.mail_to(email)
    assert "To: no@example.com" not in server.out.read_text()


def test_p06_moving_to_a_taken_address_tells_nothing(server: Server, member: Client) -> None:
    """P06, P25, ASVS 6.3.8: only the owner of the address is told."""
    taken = server.new_user()
    free = f"free-{taken}"
    answers = [member.change_email(email) for email in (taken, free)]

    assert member.tells(answers[0]) == member.tells(answers[1])
    with pytest.raises(AssertionError):
        member.verification(server.mail_to(taken))
    assert member.verification(server.mail_to(free))


@pytest.mark.parametrize(
    "weak", ["short", "password1234", "qwertyuiop12", "111111111111", "letmeinletmein", "x" * 129]
)
def test_p15_p17_weak_passwords_are_refused_with_the_reason(
    server: Server, member: Client, email: str, weak: str
) -> None:
    """P15, P17, ASVS 6.2.1, 6.2.4, 6.2.11, 6.2.12: on every way to set one."""
    for answer in (
        member.change_password(PASSWORD, weak),
        member.reset(member.reset_link(email), weak),
    ):
        assert member.outcome(answer) == "refused"
        assert reasons(weak)[0] in unescape(answer.text)


@pytest.mark.parametrize(
    "typed",
    [
        "  spaces at  both ends ",
        "🌊🌊🌊🌊🌊🌊🌊🌊 the sea",
        "8301947562038",
        "x k" * 21 + "z",
        "y f" * 42,
    ],
)
def test_p16_a_password_counts_as_it_was_typed(
    server: Server, kind: Kind, member: Client, email: str, typed: str
) -> None:
    """P16, ASVS 6.2.5, 6.2.8, 6.2.9."""
    assert member.outcome(member.change_password(PASSWORD, typed)) == "done"

    assert kind(server).tries(email, typed) == "done"
    for wrong in {typed[:-1], typed.strip()} - {typed}:
        assert kind(server).tries(email, wrong) == "refused"


@pytest.mark.parametrize("length", [4096, 4097, 500_000])
def test_p17_a_huge_password_costs_no_more(visitor: Client, email: str, length: int) -> None:
    """P17, ASVS 15.2.2."""
    assert visitor.tries(email, "x" * length) == "refused"


def test_p18_p21_a_reset_link_is_good_once_and_ends_with_a_newer(
    server: Server, visitor: Client, email: str
) -> None:
    """P18, P21, ASVS 6.4.1, 6.5.1, 16.2.5."""
    older, newer = visitor.reset_link(email), visitor.reset_link(email)
    outcomes = [visitor.outcome(visitor.reset(link, NEW)) for link in (older, newer, newer)]

    assert outcomes == ["refused", "done", "refused"]
    assert visitor.tries(email, NEW) == "done"
    assert newer[1] not in server.log()


def test_p18_a_reset_link_is_for_its_own_user_and_ends_with_a_sign_in(
    server: Server, visitor: Client, email: str
) -> None:
    """P18."""
    link, other = visitor.reset_link(email), visitor.reset_link(server.new_user())
    assert visitor.outcome(visitor.reset((other[0], link[1]), NEW)) == "refused"

    assert visitor.tries(email) == "done"
    assert visitor.outcome(visitor.reset(link, NEW)) == "refused"


@pytest.mark.parametrize(
    "typed",
    [
        "{email}\r\nBcc: evil@evil.test",
        "{email},evil@evil.test",
        "{email};evil@evil.test",
        "evil@evil.test {email}",
        "<{email}>",
        "{email}\x00",
    ],
)
def test_p20_no_address_brings_a_mail_to_somebody_else(
    server: Server, visitor: Client, email: str, typed: str
) -> None:
    """P20, ASVS 1.3.11, WSTG-INPV-17."""
    answer = visitor.ask_for_reset(typed.format(email=email), **FOREIGN_HOST)

    assert visitor.outcome(answer) == "refused"
    assert "evil@evil.test" not in server.out.read_text()


def test_p20_a_look_alike_gets_no_mail_of_another(
    server: Server, visitor: Client, email: str
) -> None:
    """P20, CVE-2019-19844."""
    for look_alike in (email.replace("u", "ս"), email.replace("s", "ѕ"), f"{email}．"):
        visitor.ask_for_reset(look_alike)

    assert f"To: {email}" not in server.out.read_text()


def test_p20_w09_links_and_redirects_name_the_configured_host(
    server: Server, visitor: Client, email: str
) -> None:
    """P20, W09, ASVS 4.1.3: regardless of the request's claims."""
    answer = visitor.ask_for_reset(email, **FOREIGN_HOST)

    assert visitor.outcome(answer) == "done"
    assert b"evil" not in bytes(answer.headers) + answer.body
    assert "evil" not in server.mail_to(email)


def test_p22_mails_and_guessed_links_are_counted(server: Server, kind: Kind, email: str) -> None:
    """P22, ASVS 2.4.1, 6.6.3: and they lock no one out."""
    emails, _ = LIMITS["mail_to"]
    asked = [kind(server).outcome(kind(server).ask_for_reset(email)) for _ in range(emails + 1)]
    assert asked == ["done"] * emails + ["throttled"]
    thief = kind(server)
    tries, _ = LIMITS["links"]
    links = [("MQ", f"abcdef-{number:032x}") for number in range(tries + 1)]
    guesses = [thief.outcome(thief.reset(link, NEW)) for link in links]
    assert guesses == ["refused"] * tries + ["throttled"]
    assert thief.verify("x").status == 429

    assert kind(server).tries(email) == "done"


def test_p23_a_reset_ends_all_and_begins_none(
    server: Server, kind: Kind, member: Client, visitor: Client, email: str
) -> None:
    """P23, ASVS 6.3.7, 7.4.3."""
    assert visitor.outcome(visitor.reset(visitor.reset_link(email), NEW)) == "done"

    assert not member.is_signed_in()
    assert not visitor.is_signed_in()
    assert server.mail_to(email, "was changed")
    assert visitor.tries(email, NEW) == "done"


def test_p24_the_password_changes_with_the_old_one(
    visitor: Client, member: Client, email: str
) -> None:
    """P24, ASVS 6.2.2, 6.2.3."""
    for old in ("", "wrong", NEW):
        assert member.outcome(member.change_password(old, NEW)) == "refused"

    assert visitor.tries(email) == "done"


def test_p25_an_address_changes_with_the_password_and_after_a_confirmation(
    server: Server, kind: Kind, member: Client, visitor: Client, email: str
) -> None:
    """P25, ASVS 6.3.7, 7.5.1: the old address is told, and the link is good once."""
    new, stranger = f"moved-{email}", kind(server).signed_in(server.new_user())
    assert member.outcome(member.change_email(new, "wrong")) == "refused"
    assert member.outcome(member.change_email(new)) == "done"
    assert visitor.tries(new) == "refused"
    token = member.verification(server.mail_to(new))
    assert stranger.outcome(stranger.verify(token)) == "done"
    assert stranger.is_signed_in()

    assert visitor.outcome(visitor.verify(token)) == "refused"
    assert visitor.tries(email) == "refused"
    assert visitor.tries(new) == "done"
    assert new not in server.mail_to(email, "was changed")


@pytest.mark.parametrize("name", ["admin", "root", "admin@example.com", "test@example.com"])
def test_p28_there_are_no_default_accounts(visitor: Client, name: str) -> None:
    """P28, ASVS 6.3.2."""
    assert visitor.tries(name, "admin") == "refused"
