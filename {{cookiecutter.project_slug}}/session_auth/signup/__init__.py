"""Opening an account on a page."""
