"""Generated input: a few fixed examples, or many new ones with HYPOTHESIS_PROFILE=nightly."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("default", _COMMON, max_examples=25, derandomize=True)
settings.register_profile("nightly", _COMMON, max_examples=150, print_blob=True)
MANY = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
# What can stand in a header: latin-1 without ends of lines, which no HTTP library would send.
HEADER = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=200
)
TEXT = st.text(max_size=200)
