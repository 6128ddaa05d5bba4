"""Migrations of passkeys."""
