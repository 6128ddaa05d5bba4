"""Password checks with rate limits, for every kind of client.

Wrong passwords count against the same limits wherever they are entered (ASVS 6.3.1, 6.3.4): one
for an account from one network, one for a network, and one for an account. A user who is known on
a network is limited by the first one alone, so that attempts by others cannot lock them out
(ASVS 6.1.1). Correct passwords have a limit too: each starts a sign-in, and an attacker who has
the password does not need many (ASVS 2.4.1).
"""

import logging

from django.contrib.auth import authenticate as django_authenticate
from django.db.models import Max
from django.utils.crypto import salted_hmac

from accounts.fields import canonical_email, email_key
from accounts.models import SignIn, User
from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from monitoring import security_log
from web.client_info import ClientInfo, network_of

# The IP addresses of a user that are compared with a client's, the most recent ones.
_KNOWN_ADDRESSES = 100


def authenticate(email: str, password: str, *, client: ClientInfo) -> User | None:
    """Return the user with these credentials if that user may sign in, otherwise None.

    A wrong password, an unknown, deactivated or unconfirmed account all give None after the same
    work, so that the caller learns nothing about the account (ASVS 6.3.8).

    Raises:
        RateLimitUnavailableError: attempts cannot be counted at the moment.
        RateLimitExceededError: too many attempts, whether or not this password is correct.
    """
    account = email_key(email)
    keys = _keys_of_attempt(account, client)
    user = _check(account, password, rate_limits.consume(*keys))
    if user is not None:
        rate_limits.consume(_sign_ins_key(user))
    return user


def reauthenticate(user: User, password: str, *, client: ClientInfo) -> bool:
    """Return whether `password` is that of a signed-in user, who enters it again.

    Without a sign-in, others cannot use up the limit of the account here, and the limit of the
    network does not apply. While the cache is unreachable, attempts are allowed.

    Raises:
        RateLimitExceededError: too many attempts, whether or not this password is correct.
    """
    keys = [_account_and_ip_key(user.email, client)]
    if not is_known(user.email, client):
        # In upper case, which no account has: it cannot be entered as an email address.
        keys.append(RateLimitKey("account", f"REAUTHENTICATION {user.pk}"))
    return _check(user.email, password, rate_limits.consume(*keys, fail_open=True)) == user


def is_known(account: str, client: ClientInfo) -> bool:
    """Return whether the user of an account is known on the client's network.

    Users are known where they have signed in before, and for an hour where they reset their
    password by email.

    Args:
        account: an email address in its canonical form.
        client: the client that made the request.
    """
    addresses = (
        SignIn.objects.filter(user__email=account)
        .values("ip_address")
        .annotate(latest=Max("created_at"))
        .order_by("-latest")
        .values_list("ip_address", flat=True)[:_KNOWN_ADDRESSES]
    )
    return any(ip and network_of(ip) == client.network for ip in addresses) or (
        rate_limits.is_trusted(_account_and_ip_key(account, client))
    )


def consume_for_reset(email: str, client: ClientInfo) -> None:
    """Count one password reset email, which has to restore access whatever others do (ASVS 6.1.1).

    Emails of other kinds to the same mailbox do not count. Where the user is known, neither do
    emails that others requested from the same network.

    Raises:
        RateLimitExceededError: too many resets for that mailbox, or too many emails for that
            client.
    """
    account = canonical_email(email)
    mailbox = RateLimitKey("mail_to", f"reset {account}")
    try:
        rate_limits.consume(mailbox, RateLimitKey("mail_from", client.network), fail_open=True)
    except RateLimitExceededError as error:
        if error.limit != "mail_from" or not is_known(account, client):
            raise
        rate_limits.consume(mailbox, fail_open=True)


def restore_access(user: User, *, client: ClientInfo) -> None:
    """Let a user who has just reset the password sign in, whatever others try (ASVS 6.1.1).

    Earlier attempts no longer count. For an hour, attempts by others do not either: on the network
    of `client`, and, until they reach the limit of the account again, on other networks.
    """
    rate_limits.trust(
        _account_and_ip_key(user.email, client),
        RateLimitKey("account", user.email),
        _sign_ins_key(user),
    )


def _keys_of_attempt(account: str, client: ClientInfo) -> list[RateLimitKey]:
    keys = [_account_and_ip_key(account, client)]
    if is_known(account, client):
        return keys
    anywhere = RateLimitKey("account", account)
    if not rate_limits.is_trusted(anywhere):
        keys.append(RateLimitKey("ip", client.network))
    return [*keys, anywhere]


def _account_and_ip_key(account: str, client: ClientInfo) -> RateLimitKey:
    return RateLimitKey("account_and_ip", f"{account} {client.network}")


def _sign_ins_key(user: User) -> RateLimitKey:
    return RateLimitKey("sign_ins", str(user.pk))


def _check(account: str, password: str, consumed: list[str]) -> User | None:
    user = django_authenticate(username=account, password=password)
    if not isinstance(user, User):
        security_log.record(
            "credentials_refused", level=logging.WARNING, account=_pseudonym(account)
        )
        return None
    rate_limits.refund(consumed)
    return user


def _pseudonym(account: str) -> str:
    """Return an ID for the log, because users enter passwords as email addresses by mistake."""
    digest = salted_hmac("accounts.services.authentication", account, algorithm="sha256")
    return digest.hexdigest()[:16]
