"""Users, their sign-ins, and every rule that signing in follows."""
