"""What it takes for the API to live beside pages: one credential counts in each request."""
