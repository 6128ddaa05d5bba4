"""A second factor: codes of an app, and recovery codes."""
