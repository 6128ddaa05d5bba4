"""Opening an account through the API."""
