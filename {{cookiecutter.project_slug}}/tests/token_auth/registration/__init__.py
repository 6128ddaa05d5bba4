"""Tests of token_auth.registration."""
