"""Users, their sign-ins, and the rules for signing in."""
