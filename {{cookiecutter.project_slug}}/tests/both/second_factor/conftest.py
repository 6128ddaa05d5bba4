"""Clients of the API without a credential."""

from tests.token_auth.conftest import api

__all__ = ["api"]
