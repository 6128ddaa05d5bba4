"""Tests of token_auth."""
