"""Checking an e-mail address and a password: the one gate for every kind of client.

Whichever way a password is shown, guesses are paid from the same budgets (ASVS 6.3.1, 6.3.4): one
for an account from one address, one for an address whatever the account, one for an account from
wherever. The last does not count for an address from which the account has been signed in before,
so that nobody is locked out by what others do elsewhere (ASVS 6.1.1). Right passwords have a
budget too: each begins a sign-in, and somebody who knows one has no need of many (ASVS 2.4.1).
"""

import logging

from django.contrib.auth import authenticate as django_authenticate
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.fields import canonical_email
from accounts.models import SignIn, User
from accounts.services import rate_limits
from accounts.services.rate_limits import RateLimitExceededError, RateLimitKey
from monitoring import security_log
from web.client_info import ClientInfo, get_client_info


def authenticate(request: HttpRequest, email: str, password: str) -> User | None:
    """Return the user these credentials belong to if that user may sign in, else None.

    The caller learns nothing of why: a wrong password, an unknown, deactivated or unconfirmed
    account all give the same None after the same work (ASVS 6.3.8).

    Raises:
        RateLimitUnavailableError: guesses cannot be counted for now, so none is looked at.
        RateLimitExceededError: no more guesses are looked at for now, right or wrong.
    """
    user = _guess(request, email, password, fail_open=False)
    if user is not None:
        rate_limits.consume(RateLimitKey("sign_ins", str(user.pk)))
    return user


def confirm(request: HttpRequest, user: User, password: str) -> bool:
    """Return whether `password` is that of `user`, who is signed in and shows it once more.

    Raises:
        RateLimitExceededError: no more guesses are looked at for now, right or wrong.
    """
    return _guess(request, user.email, password, fail_open=True) == user


def welcome(user: User, client: ClientInfo) -> None:
    """Let a user who has just shown the mailbox sign in from here, whatever others guess.

    It is the way out for those who are refused because of that (ASVS 6.1.1).
    """
    rate_limits.trust(_account_and_ip_key(user.email, client))


def _account_and_ip_key(account: str, client: ClientInfo) -> RateLimitKey:
    return RateLimitKey("account_and_ip", f"{account} {client.network}")


def _guess(request: HttpRequest, email: str, password: str, *, fail_open: bool) -> User | None:
    client, account = get_client_info(request), canonical_email(email)
    here = _account_and_ip_key(account, client), RateLimitKey("ip", client.network)
    try:
        spent = rate_limits.consume(*here, RateLimitKey("account", account), fail_open=fail_open)
    except RateLimitExceededError as error:
        if error.limit != "account" or not _has_been_at(client, account):
            raise
        spent = rate_limits.consume(*here, fail_open=fail_open)
    user = django_authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        security_log.record(
            "credentials_refused", level=logging.WARNING, account=_pseudonym(account)
        )
        return None
    rate_limits.refund(spent)
    return user


def _pseudonym(account: str) -> str:
    """Return what tells accounts apart in the log, where people type passwords as addresses."""
    digest = salted_hmac("accounts.services.authentication", account, algorithm="sha256")
    return digest.hexdigest()[:16]


def _has_been_at(client: ClientInfo, account: str) -> bool:
    """Return whether the account's user has been at the client's address before."""
    return rate_limits.is_trusted(_account_and_ip_key(account, client)) or (
        client.ip_address is not None
        and SignIn.objects.filter(user__email=account, ip_address=client.ip_address).exists()
    )
