"""Tests of the second factor with sessions and tokens."""
