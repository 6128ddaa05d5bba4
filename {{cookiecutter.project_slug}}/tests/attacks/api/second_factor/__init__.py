"""Attacks on the second factor in the API."""
