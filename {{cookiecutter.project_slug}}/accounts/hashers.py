"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idPasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: OWASP's first choice for a web login.

    Django's default takes 100 MiB for each sign-in, which five at once turn into 500 MiB.
    Sources: OWASP Password Storage Cheat Sheet; ASVS 11.4.2 and its appendix C.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
