"""One module for each place the project runs in: development, test, production."""
