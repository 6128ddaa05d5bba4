"""Users with a second factor, and the codes of their app."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from pyotp import TOTP
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services
from accounts.second_factor.errors import SecondFactorError, SecondFactorRequiredError
from accounts.services import authentication, sign_ins
from tests.accounts.conftest import KIND
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

INVALID = "invalid_second_factor"


class App:
    """An app on the phone of a user."""

    def __init__(self, user: User, code: str = "") -> None:
        self.user = user
        enrollment = services.begin_enrollment(user, code, client=HERE)
        self.secret = enrollment.secret
        self.recovery_codes = services.finish_enrollment(user, enrollment.state, self.code())

    def code(self, steps: int = 0) -> str:
        """Return the code of the current time step, or of one some steps away."""
        return str(TOTP(self.secret).at(timezone.now(), counter_offset=steps))


@pytest.fixture
def app(user: User, clock: TimeMachineFixture) -> App:
    """The app of a user, whose next code is unused."""
    app = App(user)
    clock.shift(60)
    return app


def log_in(user: User, client: ClientInfo = HERE) -> SecondFactorRequiredError | None:
    """Sign in with the password alone, and return the error with the ticket if that is held."""
    found = authentication.authenticate(user.email, PASSWORD, client=client)
    assert found is not None
    try:
        sign_ins.start(found, KIND, "by password", client=client)
    except SecondFactorRequiredError as error:
        return error
    return None


def ticket_of(user: User, client: ClientInfo = HERE) -> str:
    held = log_in(user, client)
    assert held is not None
    return held.ticket


def finish_sign_in(user: User, code: str, credential: str = "x") -> SignIn:
    """Sign in with the password and a code."""
    verified = services.verify(ticket_of(user), code, client=HERE)
    return sign_ins.start(verified, KIND, credential, client=HERE)


def code_of_error(attempt: Callable[..., object], *arguments: object, **options: object) -> str:
    """Make an attempt, and return the code of its error or an empty text."""
    try:
        attempt(*arguments, **options)
    except SecondFactorError as error:
        return error.code
    return ""


def wrong(code: str) -> str:
    """Return a code that differs in each digit."""
    return "".join(str((int(digit) + 5) % 10) for digit in code)


def verify(ticket: str, code: str, client: ClientInfo = HERE) -> str:
    """Return the code of the error of an attempt, or an empty text."""
    return code_of_error(services.verify, ticket, code, client=client)
