"""Generated services under load, on one or several servers."""
