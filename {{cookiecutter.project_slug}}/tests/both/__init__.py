"""Tests of sessions and tokens together."""
