"""The one spelling under which an e-mail address is stored and looked up."""

import unicodedata
from typing import Any

from django.db import models


def canonical_email(address: str) -> str:
    """Return `address` in the one form that is stored and compared.

    NFKC folds look-alike characters before the comparison, and lower case is taken here, not in
    the database, because PostgreSQL and SQLite fold different characters (CVE-2019-19844).

    Args:
        address: an e-mail address as somebody typed it.
    """
    return unicodedata.normalize("NFKC", address).strip().lower()


class CanonicalEmailField(models.EmailField):  # type: ignore[type-arg]  # set by the stubs' plugin
    """An e-mail address that is canonical in every row and every query."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's
        """Make the instance show what is stored."""
        setattr(
            model_instance,
            self.attname,
            self.get_prep_value(self.value_from_object(model_instance)),
        )
        return super().pre_save(model_instance, add)

    def get_prep_value(self, value: Any) -> Any:
        """Make the value canonical on its way to the database."""
        prepared = super().get_prep_value(value)
        return canonical_email(prepared) if isinstance(prepared, str) else prepared
