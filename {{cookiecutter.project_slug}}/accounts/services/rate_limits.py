"""Rate limits that all processes share, counted in the cache.

Attempts are counted before the password is checked, atomically, so concurrent guesses cannot
exceed a limit. Rejected attempts are not counted: they neither prolong a rejection nor consume
the limits of others.

`settings.RATE_LIMITS` has the numbers.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from math import ceil
from typing import NamedTuple, cast

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.email_links import InvalidLinkError
from accounts.fields import canonical_email
from accounts.models import User
from monitoring.security_log import log, record
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


def consume(*keys: RateLimitKey, fail_open: bool = False) -> list[str]:
    """Count one attempt against every key, or against none of them.

    Args:
        *keys: the counters; the first exhausted one is reported.
        fail_open: whether to allow the attempt while the cache is unreachable.

    Returns:
        The consumed counters, for `refund`.

    Raises:
        RateLimitUnavailableError: the cache is unreachable.
        RateLimitExceededError: a limit is exhausted.
    """
    consumed: list[str] = []
    try:
        for key in keys:
            limit, seconds = settings.RATE_LIMITS[key.limit]
            now = timezone.now().timestamp()
            end = _end_of_window(key, now, seconds)
            counter = f"{_cache_key(key)}:{end}"
            cache.add(counter, 0, seconds)
            consumed.append(counter)
            if cache.incr(counter) > limit:
                refund(consumed)
                wait = max(1, int(end - now))
                record(
                    "too_many_attempts", level=logging.WARNING, limit=key.limit, retry_after=wait
                )
                raise RateLimitExceededError(key.limit, wait)  # noqa: TRY301 - reraised below
    except RateLimitExceededError:
        raise
    except Exception:
        log.exception("attempts_not_counted", allowed=fail_open)
        if not fail_open:
            raise RateLimitUnavailableError(keys[0].limit, _RETRY_AFTER_OUTAGE) from None
    return consumed


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
        ends = cache.get_many([f"{_cache_key(key)}:end" for key in keys])
        counters = [f"{name.removesuffix(':end')}:{end}" for name, end in ends.items()]
        cache.delete_many([*ends, *counters])
        cache.set_many({f"{_cache_key(key)}:trusted": 1 for key in keys}, _TRUSTED_FOR)
    except Exception:
        log.exception("attempts_not_forgotten")


def is_trusted(key: RateLimitKey) -> bool:
    """Return whether the owner of a counter is trusted; False if the cache is unreachable."""
    with suppress(Exception):  # `consume` reports the outage.
        return bool(cache.get(f"{_cache_key(key)}:trusted"))
    return False


def refund(consumed: list[str]) -> None:
    """Return an attempt that turned out to be legitimate."""
    try:
        for counter in consumed:
            cache.decr(counter)
    except Exception:
        # The window has ended or the cache is unreachable, so the counter no longer exists.
        log.info("attempts_not_refunded", exc_info=True)


def _end_of_window(key: RateLimitKey, now: float, seconds: int) -> int:
    """Return the end of the current window as a Unix timestamp; start a window if there is none.

    The end is rounded up, so that the cache expires it no later. Of concurrent first attempts, one
    sets the end for all.
    """
    name = f"{_cache_key(key)}:end"
    end: int | None = cache.get(name)
    if end is not None and end <= now:
        cache.delete(name)
    return cast("int", cache.get_or_set(name, ceil(now) + seconds, seconds))


def _cache_key(key: RateLimitKey) -> str:
    # Hashed, so that the cache holds no email addresses.
    return f"attempts:{key.limit}:{sha256(key.owner.encode()).hexdigest()}"
