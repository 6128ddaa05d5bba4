"""Passkeys: keys on the devices of users, for signing in alone or as a second factor."""
