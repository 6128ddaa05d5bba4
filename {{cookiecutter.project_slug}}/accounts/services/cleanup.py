"""Deletion of obsolete rows, without long locks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import SignIn
from accounts.signals import cleaning_up


def clean_up(*, keep: timedelta, batch: int) -> Iterator[str]:
    """Delete obsolete rows and yield a description of each kind of rows, such as `3 old rows`.

    Args:
        keep: how long expired and revoked sign-ins are kept.
        batch: maximum number of rows to delete in one statement.
    """
    before = timezone.now() - keep
    longest = max(limits["idle"] for limits in settings.SIGN_IN_LIMITS.values())
    ended = SignIn.objects.filter(
        Q(idle_ends_at__lte=before) | Q(revoked_at__lte=before),
        # True for all of them, so that one index finds them.
        idle_ends_at__lte=before + longest,
    )
    # A kind without limits is no longer offered by this service. No index finds these.
    abandoned = SignIn.objects.exclude(kind__in=settings.SIGN_IN_LIMITS)
    deleted = delete_in_batches(ended, batch) + delete_in_batches(abandoned, batch)
    yield f"{deleted} ended sign-ins"
    for _receiver, description in cleaning_up.send(sender=SignIn, batch=batch):
        yield str(description)


def delete_in_batches(rows: QuerySet[Any], batch: int) -> int:
    """Delete `rows`, at most `batch` in each statement, and return the number of deleted rows."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:batch]):
        rows.model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented name
        deleted += len(keys)
    return deleted
