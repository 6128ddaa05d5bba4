"""Tests of accounts.services.signup."""
