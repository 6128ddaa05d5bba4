"""Sign-in through the API, with access and refresh tokens."""
