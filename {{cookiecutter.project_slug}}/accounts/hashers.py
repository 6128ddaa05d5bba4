"""The password hasher."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idPasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: the first choice of OWASP.

    Django's default needs 100 MiB for each sign-in, so five concurrent sign-ins need 500 MiB.
    Sources: OWASP Password Storage Cheat Sheet; ASVS 11.4.2 and its appendix C.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
