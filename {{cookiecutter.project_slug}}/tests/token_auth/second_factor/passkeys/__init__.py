"""Tests of token_auth.second_factor.passkeys."""
