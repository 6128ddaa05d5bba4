"""Password checks with rate limits, for every kind of client.

All pages and endpoints that take a password share three limits (ASVS 6.3.1, 6.3.4): one
for an account from one network, one for a network, and one for an account. On a trusted network,
only the first one limits a user, so that attempts by others cannot lock them out (ASVS 6.1.1).
Correct passwords have a limit too: each starts a sign-in, and only an attacker who has the
password needs many (ASVS 2.4.1).
"""

import logging

from django.conf import settings
from django.contrib.auth import authenticate as django_authenticate
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.fields import canonical_email, email_key
from accounts.models import SignIn, User
from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from accounts.services.sign_ins import SignInRefusedError
from accounts.signals import sign_in_starting
from monitoring import security_log
from web.client_info import ClientInfo, network_of

PASSWORD = ("pwd",)  # RFC 8176
# Only this many of the most recent IP addresses of a user are compared with the client's.
_MAXIMUM_IP_ADDRESSES = 100


def authenticate(email: str, password: str, *, client: ClientInfo) -> User | None:
    """Return the user with these credentials if that user may sign in, otherwise None.

    A wrong password, an unknown, deactivated or unconfirmed account, and a user whom a receiver of
    `sign_in_starting` rejects all return None after the same work, so that the client learns
    nothing about the account (ASVS 6.3.8). Other errors of receivers propagate.

    Args:
        email: the email address, as the user entered it.
        password: the password, as the user entered it.
        client: the client that made the request.

    Raises:
        RateLimitUnavailableError: attempts cannot be counted at the moment.
        RateLimitExceededError: too many attempts, whether or not this password is correct.
    """
    account = email_key(email)
    keys = _keys_of_attempt(account, client)
    consumed = rate_limits.consume(*keys)
    user = _check(account, password)
    if user is None:
        return None
    user.authentication_methods = PASSWORD
    try:
        sign_in_starting.send(sender=SignIn, user=user, methods=PASSWORD, final=False)
    except SignInRefusedError:
        security_log.record("sign_in_refused", user.pk, level=logging.WARNING)
        return None
    rate_limits.consume(_sign_ins_key(user), refunded=consumed)
    return user


def reauthenticate(user: User, password: str, *, client: ClientInfo) -> bool:
    """Return whether `password` is the password of a signed-in user, who enters it again.

    If so, the time is stored with the sign-in of the request. Only signed-in clients can consume
    this limit of the account, and the limit of the network does not apply. While the cache is
    unreachable, this check fails open.

    Args:
        user: the signed-in user.
        password: the password, as the user entered it.
        client: the client that made the request.

    Raises:
        RateLimitExceededError: too many attempts, whether or not this password is correct.
    """
    keys = [_account_and_ip_key(user.email, client)]
    if not is_known(user.email, client):
        # Upper case cannot collide with an account, whose email address is in lower case.
        keys.append(RateLimitKey("account", f"REAUTHENTICATION {user.pk}"))
    consumed = rate_limits.consume(*keys, fail_open=True)
    if _check(user.email, password) != user:
        return False
    rate_limits.refund(consumed)
    user.authenticated_at = timezone.now()
    if user.current_sign_in_id is not None:
        rows = SignIn.objects.filter(pk=user.current_sign_in_id)
        rows.update(authenticated_at=user.authenticated_at)
    security_log.record("reauthenticated", user.pk)
    return True


def is_recent(user: User) -> bool:
    """Return whether the user of a request signed in or reauthenticated recently.

    Takes no query. `settings.REAUTHENTICATION_MAX_AGE` is the maximum age, in seconds.
    """
    if user.authenticated_at is None:
        return False
    age = (timezone.now() - user.authenticated_at).total_seconds()
    return age < settings.REAUTHENTICATION_MAX_AGE


def is_known(account: str, client: ClientInfo) -> bool:
    """Return whether the client's network is trusted for an account.

    A network is trusted if the user has signed in from there before, and for an hour after the
    user reset the password from there by email.

    Args:
        account: an email address in its canonical form.
        client: the client that made the request.
    """
    key = _account_and_ip_key(account, client)
    return _has_signed_in(account, client) or bool(rate_limits.trusted(key))


def consume_for_reset(email: str, client: ClientInfo) -> None:
    """Count one password reset email, so that attackers cannot block a reset (ASVS 6.1.1).

    Emails of other kinds to the same mailbox do not count. On a trusted network, neither do emails
    that others requested from the same network.

    Args:
        email: the email address, in any spelling.
        client: the client that made the request.

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
    """Let a user who has just reset the password sign in despite attempts by others.

    Earlier attempts no longer count (ASVS 6.1.1). For an hour, attempts by others do not count on
    the network of `client`; on other networks they do not count until they reach the limit of the
    account again.

    Args:
        user: the user whose password was reset.
        client: the client that made the request.
    """
    rate_limits.trust(
        _account_and_ip_key(user.email, client),
        RateLimitKey("account", user.email),
        _sign_ins_key(user),
    )


def _keys_of_attempt(account: str, client: ClientInfo) -> list[RateLimitKey]:
    here, anywhere = _account_and_ip_key(account, client), RateLimitKey("account", account)
    if _has_signed_in(account, client):
        return [here]
    trusted = rate_limits.trusted(here, anywhere)
    if here in trusted:
        return [here]
    network = [] if anywhere in trusted else [RateLimitKey("ip", client.network)]
    return [here, *network, anywhere]


def _has_signed_in(account: str, client: ClientInfo) -> bool:
    """Return whether the user of an account has signed in from the client's network before."""
    addresses = (
        SignIn.objects.filter(user__email=account)
        .values("ip_address")
        .annotate(latest=Max("created_at"))
        .order_by("-latest")
        .values_list("ip_address", flat=True)[:_MAXIMUM_IP_ADDRESSES]
    )
    return any(ip and network_of(ip) == client.network for ip in addresses)


def _account_and_ip_key(account: str, client: ClientInfo) -> RateLimitKey:
    return RateLimitKey("account_and_ip", f"{account} {client.network}")


def _sign_ins_key(user: User) -> RateLimitKey:
    return RateLimitKey("sign_ins", str(user.pk))


def _check(account: str, password: str) -> User | None:
    user = django_authenticate(username=account, password=password)
    if not isinstance(user, User):
        security_log.record(
            "credentials_refused", level=logging.WARNING, account=_pseudonym(account)
        )
        return None
    return user


def _pseudonym(account: str) -> str:
    """Return an ID for the log, because users enter passwords as email addresses by mistake."""
    digest = salted_hmac("accounts.services.authentication", account, algorithm="sha256")
    return digest.hexdigest()[:16]
