"""Tests of accounts.registration."""
