"""Tests of web and monitoring."""
