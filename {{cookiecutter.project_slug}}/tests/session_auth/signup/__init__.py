"""Tests of session_auth.signup."""
