"""Attacks on passkeys in the API."""
