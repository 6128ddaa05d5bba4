"""Template tags of passkeys."""
