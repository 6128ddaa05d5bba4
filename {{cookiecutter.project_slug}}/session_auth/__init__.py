"""Sign-in through pages, with Django sessions."""
