"""Rate limits of emails, which lock no user out."""

import pytest

from accounts.models import User
from accounts.services import passwords, verification
from tests.accounts.conftest import PHONE, allows, receivers
from tests.conftest import HERE

pytestmark = pytest.mark.usefixtures("low_limits")


def may_reset(email: str) -> bool:
    return allows(passwords.request_reset, email, client=HERE)


def test_other_emails_do_not_use_up_resets(user: User) -> None:
    """D01: anyone could block the reset of an account by signing up with its address."""
    resent = [allows(verification.resend, user.email, client=PHONE) for _ in range(3)]
    assert resent == [True, True, False]

    assert may_reset(user.email)

    assert receivers() == [user.email]
