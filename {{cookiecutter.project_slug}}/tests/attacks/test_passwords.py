"""P: guessed passwords, links in emails and changes of accounts, with each kind of client."""

from html import unescape
from itertools import cycle, islice

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.attacks.client import NEW, Client
from tests.attacks.server import LIMITS, PASSWORD, Server, somewhere

Kind = type[Client]


@pytest.fixture
def visitor(server: Server, kind: Kind) -> Client:
    """A client that is not signed in."""
    return kind(server)


def test_p01_every_rejected_sign_in_gets_the_same_response(
    server: Server, kind: Kind, email: str
) -> None:
    """P01, R3, ASVS 6.3.8."""
    known, unknown = (kind(server).sign_in(name, "wrong") for name in (email, "no@example.com"))

    assert kind(server).tells(known) == kind(server).tells(unknown)
    assert kind(server).outcome(known) == "refused"


def test_p07_p11_guessing_one_account_from_one_ip_address_is_limited(
    server: Server, kind: Kind, email: str
) -> None:
    """P07, P11, ASVS 6.1.1, 6.3.1: in any spelling."""
    visitor = kind(server)
    spellings = cycle((email, email.upper(), f" {email} ", email.title(), f"{email}\t"))
    tries, seconds = LIMITS["account_and_ip"]
    for spelling in islice(spellings, tries):
        assert visitor.tries(spelling, "wrong") == "refused"
    answer = visitor.sign_in(email)

    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= seconds
    assert kind(server).tries(email) == "done"


def test_p08_guessing_one_account_from_many_ip_addresses_is_limited(
    server: Server, kind: Kind, email: str
) -> None:
    """P08, ASVS 6.3.1: a new IP address for each guess does not help."""
    tries, _ = LIMITS["account"]
    found = [kind(server).tries(email, "wrong") for _ in range(tries + 1)]

    assert found == ["refused"] * tries + ["throttled"]
    assert kind(server).tries(email) == "throttled"


def test_p09_guessing_many_accounts_from_one_ip_address_is_limited(
    server: Server, kind: Kind
) -> None:
    """P09, ASVS 6.3.1: one password for all accounts does not help."""
    visitor = kind(server)
    tries, _ = LIMITS["ip"]
    users = [f"spray{number}@example.com" for number in range(tries + 1)]
    found = [visitor.tries(user, "Password123!") for user in users]

    assert found == ["refused"] * tries + ["throttled"]


def test_p10_attackers_cannot_lock_users_out(server: Server, kind: Kind, email: str) -> None:
    """P10, P22, ASVS 6.1.1: on known networks, and after a reset on any network."""
    home = somewhere()
    assert kind(server, home).tries(email) == "done"
    for _ in range(LIMITS["account"][0] + 5):
        kind(server).tries(email, "wrong")
    assert kind(server, home).tries(email) == "done"

    traveller = kind(server)
    assert traveller.tries(email) == "throttled"
    traveller.reset(traveller.reset_link(email), NEW)
    assert traveller.tries(email, NEW) == "done"


def test_p13_all_password_checks_share_rate_limits(
    server: Server, member: Client, email: str
) -> None:
    """P13, ASVS 6.1.3, 6.3.4: sign-ins and every reauthentication."""
    tries, _ = LIMITS["account_and_ip"]
    for attempt in islice(cycle(member.attempts(email, "wrong")), tries):
        assert member.outcome(attempt()) == "refused"

    for attempt in member.attempts(email, PASSWORD):
        assert attempt().status == 429
    assert member.is_signed_in()


def test_w11_forged_forwarded_addresses_are_ignored(
    server: Server, kind: Kind, email: str
) -> None:
    """W11, ASVS 4.1.3, 15.3.4: entries to the left of the proxy's own."""
    address, found = somewhere(), []
    tries, _ = LIMITS["account_and_ip"]
    for number in range(tries + 1):
        claims = {"X_Forwarded_For": f"198.51.100.{number}, {address}"}
        claims["Forwarded"] = f"for=198.51.100.{number}"
        for name in ("X_Real_IP", "True_Client_IP", "CF_Connecting_IP"):
            claims[name] = f"198.51.100.{number}"
        visitor = kind(server)
        found.append(visitor.outcome(visitor.sign_in(email, "wrong", **claims)))

    assert found == ["refused"] * tries + ["throttled"]


def test_w26_sign_in_fails_closed_without_a_cache(without_a_cache: Server, kind: Kind) -> None:
    """W26, ASVS 16.5.3: and the log contains the reason."""
    visitor, email = kind(without_a_cache), without_a_cache.new_user()
    answer = visitor.sign_in(email)

    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert '"event": "attempts_not_counted"' in without_a_cache.log()
    assert visitor.outcome(visitor.ask_for_reset(email)) == "done"


def test_p04_requesting_a_link_reveals_no_account(server: Server, kind: Kind, email: str) -> None:
    """P04, P06, ASVS 6.3.8."""
    known, unknown = (kind(server).ask_for_reset(name) for name in (email, "no@example.com"))

    assert kind(server).tells(known) == kind(server).tells(unknown)
    assert kind(server).outcome(known) == "done"
    assert server.mail_to(email)
    assert "To: no@example.com" not in server.out.read_text()


def test_p06_changing_to_a_taken_email_reveals_no_account(server: Server, member: Client) -> None:
    """P06, P25, ASVS 6.3.8: only the owner of the email address is notified."""
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
def test_p15_p17_weak_passwords_are_rejected_with_the_reason(
    member: Client, email: str, weak: str
) -> None:
    """P15, P17, ASVS 6.2.1, 6.2.4, 6.2.11, 6.2.12: in every way to set a password."""
    with pytest.raises(ValidationError) as reasons:
        validate_password(weak)
    for answer in (
        member.change_password(PASSWORD, weak),
        member.reset(member.reset_link(email), weak),
    ):
        assert member.outcome(answer) == "refused"
        assert reasons.value.messages[0] in unescape(answer.text)


@pytest.mark.parametrize(
    "typed",
    ["  spaces at  both ends ", "🌊🌊🌊🌊🌊🌊🌊🌊 the sea", "8301947562038", "y f" * 42],
)
def test_p16_password_is_used_exactly_as_typed(
    visitor: Client, member: Client, email: str, typed: str
) -> None:
    """P16, ASVS 6.2.5, 6.2.8, 6.2.9."""
    assert member.outcome(member.change_password(PASSWORD, typed)) == "done"

    assert visitor.tries(email, typed) == "done"
    for wrong in {typed[:-1], typed.strip()} - {typed}:
        assert visitor.tries(email, wrong) == "refused"


@pytest.mark.parametrize("length", [4096, 4097, 500_000])
def test_p17_huge_password_is_rejected(visitor: Client, email: str, length: int) -> None:
    """P17, ASVS 15.2.2."""
    assert visitor.tries(email, "x" * length) == "refused"


def test_p18_p21_reset_link_works_once_for_its_user_until_a_newer_link_or_sign_in(
    server: Server, visitor: Client, email: str
) -> None:
    """P18, P21, ASVS 6.4.1, 6.5.1, 16.2.5."""
    older, other = visitor.reset_link(email), visitor.reset_link(server.new_user())
    newer = visitor.reset_link(email)
    links = (older, (other[0], newer[1]), newer, newer)
    outcomes = [visitor.outcome(visitor.reset(link, NEW)) for link in links]

    assert outcomes == ["refused", "refused", "done", "refused"]
    last = visitor.reset_link(email)
    assert visitor.tries(email, NEW) == "done"
    assert visitor.outcome(visitor.reset(last, NEW)) == "refused"
    assert newer[1] not in server.log()


def test_p20_w09_emails_go_to_the_exact_address_with_links_to_this_host(
    server: Server, visitor: Client, email: str
) -> None:
    """P20, W09, ASVS 4.1.3, CVE-2019-19844: regardless of the request's claims."""
    for look_alike in (email.replace("u", "ս"), email.replace("s", "ѕ"), f"{email}．"):
        visitor.ask_for_reset(look_alike)
    claims = {"X_Forwarded_Host": "evil.test", "Forwarded": "host=evil.test"}
    answer = visitor.ask_for_reset(email, **claims)
    assert visitor.outcome(answer) == "done"
    assert b"evil" not in bytes(answer.headers) + answer.body
    assert "evil" not in server.mail_to(email)
    assert server.mails_to(email) == 1


def test_p22_emails_and_invalid_links_are_rate_limited(
    server: Server, kind: Kind, email: str
) -> None:
    """P22, ASVS 2.4.1, 6.6.3: without locking users out."""
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


def test_p23_password_reset_revokes_all_sign_ins_and_starts_none(
    server: Server, kind: Kind, member: Client, visitor: Client, email: str
) -> None:
    """P23, ASVS 6.3.7, 7.4.3."""
    assert visitor.outcome(visitor.reset(visitor.reset_link(email), NEW)) == "done"

    assert not member.is_signed_in()
    assert not visitor.is_signed_in()
    assert server.mail_to(email, "was changed")
    assert visitor.tries(email, NEW) == "done"


def test_p24_password_change_requires_the_current_password(
    visitor: Client, member: Client, email: str
) -> None:
    """P24, ASVS 6.2.2, 6.2.3."""
    for old in ("", "wrong", NEW):
        assert member.outcome(member.change_password(old, NEW)) == "refused"

    assert visitor.tries(email) == "done"


def test_p25_email_change_requires_password_and_confirmation(
    server: Server, kind: Kind, member: Client, visitor: Client, email: str
) -> None:
    """P25, ASVS 6.3.7, 7.5.1: the previous email address is notified, and the link works once."""
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
