"""What can be done with an account: one module for each kind of deed, shared by every client."""
