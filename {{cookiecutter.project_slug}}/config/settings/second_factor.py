"""Settings of the second factor, which `base.py` adds to its own."""

# Who must have a second factor: nobody, staff or all.
SECOND_FACTOR_REQUIRED = "nobody"
# Secrets that encrypt those of the apps; the first encrypts, all decrypt.
SECOND_FACTOR_KEYS = ["development-key-for-the-secrets-of-second-factors"]
# Seconds between the notification of a user and the removal of the second factor by staff.
SECOND_FACTOR_RESET_DELAY = 0
# As in RATE_LIMITS: (attempts, seconds).
SECOND_FACTOR_RATE_LIMITS = {
    "second_factor": (5, 900),
    "second_factor_account": (20, 900),
}
