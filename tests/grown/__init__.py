"""What a team adds to a generated project in its first month."""
