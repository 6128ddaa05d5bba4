"""How often something may be tried: budgets that every process shares, in the cache.

A try is paid for before it is made, by one atomic step, so that of any number of guesses at once
no more are looked at than there may be. A try that is refused costs nothing, and so neither
lengthens a refusal nor uses up what is left for others.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from math import ceil
from typing import NamedTuple, cast

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.email_links import InvalidLinkError
from accounts.fields import canonical_email
from monitoring.security_log import log, record
from web.client_info import Client, network_of

# What to wait for while nothing can be counted, and how long a good owner is remembered: seconds.
_OUTAGE = 30
_GOOD_FOR = 3600


class TooManyAttemptsError(Exception):
    """A budget is used up."""

    counted = True

    def __init__(self, budget: str, retry_after: int) -> None:
        """Take the name of the budget, and in how many seconds to come again."""
        super().__init__(budget)
        self.budget = budget
        self.retry_after = retry_after


class AttemptsNotCountedError(TooManyAttemptsError):
    """Tries cannot be counted for now, so that one may be one too many."""

    counted = False


class Purse(NamedTuple):
    """What a try is paid from: the name of a budget of `settings.ATTEMPTS`, and whose it is."""

    budget: str
    owner: str


def spend(*purses: Purse, uncounted: bool = False) -> list[str]:
    """Pay for one try from each purse, or from none of them.

    Args:
        *purses: what to pay from; the first that is empty is the one that is told of.
        uncounted: whether the try may be made while the cache cannot be reached.

    Returns:
        What `give_back` takes.

    Raises:
        AttemptsNotCountedError: the cache cannot be reached.
        TooManyAttemptsError: a purse is empty.
    """
    spent: list[str] = []
    try:
        for purse in purses:
            limit, seconds = settings.ATTEMPTS[purse.budget]
            now = timezone.now().timestamp()
            end = _end_of_window(purse, now, seconds)
            counter = f"{_key(purse)}:{end}"
            cache.add(counter, 0, seconds)
            spent.append(counter)
            if cache.incr(counter) > limit:
                give_back(spent)
                wait = max(1, int(end - now))
                record(
                    "too_many_attempts",
                    level=logging.WARNING,
                    budget=purse.budget,
                    retry_after=wait,
                )
                raise TooManyAttemptsError(purse.budget, wait)  # noqa: TRY301 - told apart below
    except TooManyAttemptsError:
        raise
    except Exception:
        log.exception("attempts_not_counted", allowed=uncounted)
        if not uncounted:
            raise AttemptsNotCountedError(purses[0].budget, _OUTAGE) from None
    return spent


def spend_for_mail(email: str, client: Client) -> None:
    """Pay for a mail to `email` that `client` asks for, who need not be its owner.

    Raises:
        TooManyAttemptsError: there were enough for that address, or from that client.
    """
    spend(
        Purse("mail_to", canonical_email(email)),
        Purse("mail_from", network_of(client)),
        uncounted=True,
    )


@contextmanager
def following_link(client: Client) -> Iterator[None]:
    """Pay for following a link from a mail, which costs nothing if it is a good one.

    Raises:
        TooManyAttemptsError: enough links of this client were not good.
    """
    spent = spend(Purse("links", network_of(client)), uncounted=True)
    try:
        yield
    except InvalidLinkError:
        record("link_refused", level=logging.WARNING)
        raise
    give_back(spent)


def vouch_for(purse: Purse) -> None:
    """Forget what was paid from a purse, and remember its owner as a good one for a while."""
    try:
        end = cache.get(f"{_key(purse)}:end")
        cache.delete_many([f"{_key(purse)}:end", f"{_key(purse)}:{end}"])
        cache.set(f"{_key(purse)}:good", 1, _GOOD_FOR)
    except Exception:
        log.exception("attempts_not_forgotten")


def is_vouched_for(purse: Purse) -> bool:
    """Return whether the owner of a purse is remembered as a good one."""
    return bool(cache.get(f"{_key(purse)}:good"))


def give_back(spent: list[str]) -> None:
    """Put back what a try has cost that turned out to be none."""
    try:
        for counter in spent:
            cache.decr(counter)
    except Exception:
        # The window has ended meanwhile, or the cache is away: then so is the counter.
        log.info("attempts_not_given_back", exc_info=True)


def _end_of_window(purse: Purse, now: float, seconds: int) -> int:
    """Return when the window ends that began with its first try; begin one if there is none.

    The end is rounded up, so that the cache forgets it no later than it comes: of all that begin a
    window at once, one sets it.
    """
    key = f"{_key(purse)}:end"
    end: int | None = cache.get(key)
    if end is not None and end <= now:
        cache.delete(key)
    return cast("int", cache.get_or_set(key, ceil(now) + seconds, seconds))


def _key(purse: Purse) -> str:
    # Addresses of people are nobody's business who reads the cache.
    return f"attempts:{purse.budget}:{sha256(purse.owner.encode()).hexdigest()}"
