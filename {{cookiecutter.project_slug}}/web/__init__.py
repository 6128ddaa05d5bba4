"""Request handling: client information, headers, and checks of each request."""
