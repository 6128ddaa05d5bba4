"""Tests of both."""
