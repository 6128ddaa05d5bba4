"""What the tests of accounts share."""

import pytest
from django.conf import settings


@pytest.fixture(params=sorted(settings.SIGN_IN_LIMITS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of sign-in that this project knows."""
    return str(request.param)
