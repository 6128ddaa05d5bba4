"""Endpoints of passkeys."""
