"""Management of signing keys."""
