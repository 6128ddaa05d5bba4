"""Tests of the two hooks."""
