"""Generated input: a few fixed examples, or many new ones with HYPOTHESIS_PROFILE=nightly."""

import os

from hypothesis import HealthCheck, settings

_COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("default", _COMMON, max_examples=25, derandomize=True)
settings.register_profile("nightly", _COMMON, max_examples=150, print_blob=True)
MANY = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
