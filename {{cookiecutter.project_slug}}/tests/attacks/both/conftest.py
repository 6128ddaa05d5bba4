"""A browser and a client of the API for the same user of the running service."""

from tests.attacks.api.conftest import holder
from tests.attacks.pages.conftest import browser, visitor

__all__ = ["browser", "holder", "visitor"]
