"""Tests of what development has in addition."""
