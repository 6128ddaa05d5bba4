"""Password hashing of the service under attack."""

from accounts.hashers import Argon2idPasswordHasher


class QuickArgon2idPasswordHasher(Argon2idPasswordHasher):
    """Production's hasher with the least work that Argon2 allows.

    No test here measures time, and a sign-in at the full cost takes most of a test's time.
    """

    time_cost = 1
    memory_cost = 8
