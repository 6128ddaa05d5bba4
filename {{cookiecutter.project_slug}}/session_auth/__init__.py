"""Signing in with a page and staying signed in by a session."""
