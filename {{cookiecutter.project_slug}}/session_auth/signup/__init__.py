"""Sign-up page."""
