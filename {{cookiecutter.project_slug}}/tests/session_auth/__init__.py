"""Tests of session_auth."""
