"""What the tests of accounts share."""

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.conftest import PASSWORD


@pytest.fixture(params=sorted(django_settings.SIGN_IN_LIMITS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of sign-in that this project knows."""
    return str(request.param)


@pytest.fixture
def low_limits(settings: Settings) -> None:
    """Limits that few attempts reach."""
    settings.RATE_LIMITS = {
        "account_and_ip": (3, 60),
        "ip": (6, 60),
        "account": (5, 60),
        "sign_ins": (50, 60),
        "links": (2, 60),
        "mail_to": (2, 60),
        "mail_from": (4, 60),
    }


@pytest.fixture
def other(db: None) -> User:
    """Another user who may sign in."""
    return User.objects.create_user(
        "grace@example.com", PASSWORD, email_verified_at=timezone.now()
    )
