"""Tests of token_auth.signup."""
