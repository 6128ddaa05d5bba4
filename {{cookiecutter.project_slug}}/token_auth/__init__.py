"""Signing in through the API and staying signed in by access and refresh tokens."""
