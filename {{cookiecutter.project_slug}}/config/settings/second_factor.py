"""Settings of the second factor that `base.py` adds to its own."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# The pages and the endpoints exist in projects that have pages or an API.
ENTRY_POINTS = [
    package
    for package in ("session_auth", "token_auth")
    if (_ROOT / package / "second_factor" / "urls.py").exists()
]
APPS = [*(f"{package}.second_factor" for package in ENTRY_POINTS), "accounts.second_factor"]
# As in `base.py`: (attempts, seconds).
RATE_LIMITS = {
    "second_factor": (5, 900),
    "second_factor_account": (20, 900),
}
