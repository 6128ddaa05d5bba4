"""Settings of the second factor that `base.py` adds to its own."""

APPS = ["accounts.second_factor"]
# As in `base.py`: (attempts, seconds).
RATE_LIMITS = {
    "second_factor": (5, 900),
    "second_factor_account": (20, 900),
}
