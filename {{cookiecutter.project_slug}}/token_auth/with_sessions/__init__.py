"""Pages and API in one project: one credential for each request, and tokens for sessions."""
