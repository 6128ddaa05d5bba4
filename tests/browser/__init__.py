"""Tests of the pages in Chromium, through the shipped proxy and over TLS."""

import pytest

marks = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
in_session = pytest.mark.parametrize("any_site", ["session"], indirect=True)
in_both = pytest.mark.parametrize("any_site", ["both"], indirect=True)
