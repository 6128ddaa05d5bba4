"""The pages of passkeys."""
