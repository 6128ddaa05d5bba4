"""Deletion of many rows without long locks."""

from typing import Any

from django.db.models import QuerySet


def delete_in_batches(rows: QuerySet[Any], batch: int) -> int:
    """Delete `rows`, at most `batch` in each statement, and return the number of deleted rows."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:batch]):
        rows.model._default_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented name
        deleted += len(keys)
    return deleted
