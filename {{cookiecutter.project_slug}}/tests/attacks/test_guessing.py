"""P: guessing passwords, with each kind of client."""

from itertools import cycle, islice

from tests.attacks.client import NEW, Client
from tests.attacks.server import LIMITS, PASSWORD, Server, somewhere

Kind = type[Client]


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
