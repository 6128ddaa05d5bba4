"""Strategies for generated input."""

from hypothesis import strategies as st

# What can stand in a header: latin-1 without ends of lines, which no HTTP library would send.
HEADER = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=200
)
TEXT = st.text(max_size=200)
