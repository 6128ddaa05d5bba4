"""Rate limits that all processes share, counted in the cache.

Attempts are counted before the password is checked, atomically, so concurrent guesses cannot
exceed a limit; all limits of an attempt take one command to the cache. Rejected attempts are not
counted: they neither prolong a rejection nor consume the limits of others.

`settings.RATE_LIMITS` has the numbers.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import NamedTuple, cast

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.email_links import InvalidLinkError
from accounts.fields import canonical_email
from accounts.models import User
from monitoring.security_log import log, record
from web.caches import Attempt, Counter, CountingCache, Exhausted
from web.client_info import ClientInfo

_RETRY_AFTER_OUTAGE = 30  # seconds
_TRUSTED_FOR = 3600  # seconds


class RateLimitExceededError(Exception):
    """Error for an attempt that exceeds a rate limit."""

    counted = True

    def __init__(self, limit: str, retry_after: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_after = retry_after


class RateLimitUnavailableError(RateLimitExceededError):
    """Error for an attempt that cannot be counted, because the cache is unreachable."""

    counted = False


class RateLimitKey(NamedTuple):
    """One counter: the name of a limit in `settings.RATE_LIMITS`, and its owner."""

    limit: str
    owner: str


def consume(
    *keys: RateLimitKey, fail_open: bool = False, refunded: Sequence[Attempt] = ()
) -> list[Attempt]:
    """Count one attempt against every key, or against none of them, in one command to the cache.

    Args:
        *keys: the counters; the first exhausted one is reported.
        fail_open: whether to allow the attempt while the cache is unreachable.
        refunded: earlier attempts that turned out to be legitimate, and do not count anymore.

    Returns:
        The counted attempts.

    Raises:
        RateLimitUnavailableError: the cache is unreachable.
        RateLimitExceededError: a limit is exhausted.
    """
    now = timezone.now().timestamp()
    counters = [Counter(_cache_key(key), *settings.RATE_LIMITS[key.limit]) for key in keys]
    try:
        return cast("CountingCache", cache).count(counters, now, refunded)
    except Exhausted as exhausted:
        limit, wait = keys[exhausted.place].limit, max(1, int(exhausted.end - now))
    except Exception:
        log.exception("attempts_not_counted", allowed=fail_open)
        if not fail_open:
            raise RateLimitUnavailableError(keys[0].limit, _RETRY_AFTER_OUTAGE) from None
        return []
    record("too_many_attempts", level=logging.WARNING, limit=limit, retry_after=wait)
    raise RateLimitExceededError(limit, wait)


def consume_for_email(email: str, client: ClientInfo, user: User | None = None) -> None:
    """Count one email to `email`, requested by a client that need not own the mailbox.

    Args:
        email: the email address, in any spelling.
        client: the client that made the request.
        user: the signed-in user who made the request, if any. Their emails are counted instead of
            those of the client's network.

    Raises:
        RateLimitExceededError: too many emails to that mailbox, or from that user or network.
    """
    consume(
        RateLimitKey("mail_to", canonical_email(email)),
        RateLimitKey("mail_from", str(user.pk) if user else client.network),
        fail_open=True,
    )


@contextmanager
def following_link(client: ClientInfo) -> Iterator[None]:
    """Count invalid links from emails; valid links work even if the limit is exhausted.

    Raises:
        RateLimitExceededError: this client followed too many invalid links.
    """
    try:
        yield
    except InvalidLinkError:
        record_bad_link(client)
        raise


def record_bad_link(client: ClientInfo) -> None:
    """Count and log an invalid link from an email.

    Valid links are not counted: invalid ones of other clients in the network do not block them.

    Raises:
        RateLimitExceededError: this client followed too many invalid links.
    """
    record("link_refused", level=logging.WARNING)
    consume(RateLimitKey("links", client.network), fail_open=True)


def trust(*keys: RateLimitKey) -> None:
    """Reset the counters and trust their owners for an hour."""
    try:
        cache.delete_many([_cache_key(key) for key in keys])
        cache.set_many({f"{_cache_key(key)}:trusted": 1 for key in keys}, _TRUSTED_FOR)
    except Exception:
        log.exception("attempts_not_forgotten")


def trusted(*keys: RateLimitKey) -> set[RateLimitKey]:
    """Return the keys whose owners are trusted; none of them if the cache is unreachable."""
    with suppress(Exception):  # `consume` reports the outage.
        found = cache.get_many([f"{_cache_key(key)}:trusted" for key in keys])
        return {key for key in keys if f"{_cache_key(key)}:trusted" in found}
    return set()


def refund(attempts: Sequence[Attempt]) -> None:
    """Take back attempts that turned out to be legitimate."""
    if attempts:
        consume(fail_open=True, refunded=attempts)


def _cache_key(key: RateLimitKey) -> str:
    # Hashed, so that the cache holds no email addresses.
    return f"attempts:{key.limit}:{sha256(key.owner.encode()).hexdigest()}"
