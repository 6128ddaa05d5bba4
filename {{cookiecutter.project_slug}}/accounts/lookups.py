"""Lookups by primary key, whose SQL is compiled once.

Each authenticated request needs one. Django would compile its SQL anew every time, which takes
longer than the query.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connections, models


class Lookup:
    """The lookup of one row and of the rows that its foreign keys refer to."""

    def __init__(self, model: type[models.Model], *related: str) -> None:
        """Create a lookup; nothing is compiled before its first use.

        Args:
            model: the model of the row.
            *related: names of foreign keys that are not null.
        """
        self._model, self._related = model, related

    def find(self, key: UUID) -> Any:
        """Return the instance with this primary key, or None."""
        sql, converters, using = self._compiled
        connection = connections[using]
        with connection.cursor() as cursor:
            value = self._model._meta.pk.get_db_prep_value(key, connection)  # noqa: SLF001 - Django's documented name
            cursor.execute(sql, [value])
            row = cursor.fetchone()
        if row is None:
            return None
        values = list(row)
        for place, (converts, column) in converters.items():
            for convert in converts:
                values[place] = convert(values[place], column, connection)
        found, rest = _instance(self._model, values, using)
        for name in self._related:
            related, rest = _instance(_target(self._model, name), rest, using)
            setattr(found, name, related)
        return found

    @cached_property
    def _compiled(self) -> tuple[str, dict[int, tuple[list[Any], Any]], str]:
        """The statement, the converters of its columns, and the alias of the database."""
        rows: models.QuerySet[Any] = models.QuerySet(self._model)
        rows = rows.select_related(*self._related) if self._related else rows
        compiler = rows.filter(pk=UUID(int=0)).query.get_compiler(rows.db)
        sql, _ = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return sql, converters, rows.db


def _instance(model: type[models.Model], values: Sequence[Any], using: str) -> tuple[Any, Any]:
    """Return an instance made of the first values, and the other values."""
    names = [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented name
    return model.from_db(using, names, values[: len(names)]), values[len(names) :]


def _target(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name).related_model  # noqa: SLF001 - Django's documented name
