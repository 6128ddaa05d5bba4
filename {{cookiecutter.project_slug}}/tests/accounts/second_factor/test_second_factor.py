"""A second factor holds sign-ins, and its codes are good for one use."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail, signing
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import codes, gate, services
from accounts.second_factor.errors import SecondFactorRequiredError
from accounts.second_factor.models import RecoveryCode
from accounts.services import passwords, sign_ins
from tests.accounts.conftest import KIND, NEW_PASSWORD, PHONE, allows, receivers
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    finish_sign_in,
    log_in,
    ticket_of,
    verify,
    wrong,
)
from tests.conftest import HERE
from web.client_info import ClientInfo


@pytest.mark.parametrize(
    ("policy", "is_staff", "held"),
    [
        *(("nobody", True, False), ("staff", False, False), ("staff", True, True)),
        ("all", False, True),
    ],
)
def test_policy_says_who_must_set_up_an_app(
    user: User, settings: Settings, policy: str, is_staff: bool, held: bool
) -> None:
    settings.SECOND_FACTOR_REQUIRED = policy
    User.objects.update(is_staff=is_staff)

    error = log_in(user)

    assert (error is not None) is held
    assert SignIn.objects.exists() is not held
    assert error is None or (error.enroll and error.methods == ())


@pytest.mark.parametrize("methods", [(), ("pwd",), ("fed",)])
def test_every_way_of_signing_in_is_held(user: User, app: App, methods: tuple[str, ...]) -> None:
    """M01."""
    user.authentication_methods = methods
    with pytest.raises(SecondFactorRequiredError) as held:
        sign_ins.start(user, KIND, "x", client=HERE)
    assert (held.value.enroll, set(held.value.methods)) == (False, {"code", "recovery_code"})
    assert not SignIn.objects.exists()
    assert User.objects.get().last_login is None

    verified = services.verify(held.value.ticket, app.code(), client=HERE)

    sign_in = sign_ins.start(verified, KIND, "x", client=HERE)
    assert sign_in.methods == " ".join([*methods, "otp"])


@pytest.mark.parametrize(
    "change",
    [
        lambda user: passwords.change(user, NEW_PASSWORD),
        lambda _: User.objects.update(is_staff=True),
        lambda _: User.objects.update(is_active=False),
        lambda _: User.objects.all().delete(),
        services.reset,
    ],
    ids=["password", "role", "deactivated", "deleted", "reset"],
)
def test_ticket_ends_with_any_change(
    user: User, app: App, change: Callable[[User], object]
) -> None:
    """M03."""
    ticket = ticket_of(user)
    change(user)
    assert verify(ticket, app.code()) == "invalid_ticket"


def test_ticket_ends_with_its_use_and_after_a_while_and_is_good_for_one_step(
    user: User, app: App, clock: TimeMachineFixture, settings: Settings
) -> None:
    """M02, M03."""
    first, second = ticket_of(user), ticket_of(user)
    for wrong_ticket in ("", "nonsense", f"{first}x", signing.dumps([str(user.pk)])):
        assert verify(wrong_ticket, app.code()) == "invalid_ticket"
    assert code_of_error(gate.user_of_ticket, first, enroll=True) == "invalid_ticket"
    sign_ins.start(services.verify(first, app.code(), client=HERE), KIND, "x", client=HERE)
    assert verify(second, app.code(1)) == "invalid_ticket"

    old = ticket_of(user)
    clock.shift(gate.TICKET_AGE + 1)
    assert verify(old, app.code()) == "invalid_ticket"
    assert verify(ticket_of(user), app.code()) == ""


@pytest.mark.parametrize(("steps", "valid"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_code_of_a_neighboring_step_is_valid(
    user: User, app: App, steps: int, valid: bool
) -> None:
    """M04."""
    assert (verify(ticket_of(user), app.code(steps)) == "") is valid


def test_code_is_valid_once_and_so_are_older_ones(
    user: User, app: App, clock: TimeMachineFixture
) -> None:
    """M04."""
    code = app.code()
    assert verify(ticket_of(user), f" {code[:3]} {code[3:]} ") == ""
    assert verify(ticket_of(user), code) == INVALID
    assert verify(ticket_of(user), app.code(-1)) == INVALID
    clock.shift(31)
    assert verify(ticket_of(user), code) == INVALID
    assert verify(ticket_of(user), app.code()) == ""


def test_recovery_code_is_valid_once_in_any_spelling(
    user: User, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M05: one hash for an attempt."""
    check = Mock(wraps=check_password)
    monkeypatch.setattr(codes, "check_password", check)
    first, last = app.recovery_codes[0], app.recovery_codes[9]
    assert verify(ticket_of(user), last.upper().replace("-", " ")) == ""
    assert verify(ticket_of(user), last) == INVALID
    assert check.call_count == 1
    assert verify(ticket_of(user), first[0] + last[1:]) == INVALID
    assert verify(ticket_of(user), first) == ""
    assert services.status(user)[:3] == (True, False, 8)
    stored = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not stored & {code.replace("-", "") for code in app.recovery_codes}


def test_wrong_code_is_refused_while_refusals_cannot_be_counted(
    user: User, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counter may expire after it was added, which makes `incr()` fail."""
    monkeypatch.setattr(services, "cache", Mock(incr=Mock(side_effect=ValueError)))

    assert verify(ticket_of(user), wrong(app.code())) == INVALID
    assert verify(ticket_of(user), app.code()) == ""


def test_guesses_are_limited_and_the_owner_is_told_and_not_locked_out(
    user: User, app: App, settings: Settings
) -> None:
    """M06."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {
        "second_factor": (2, 60),
        "second_factor_account": (3, 60),
    }
    finish_sign_in(user, app.code())
    mail.outbox.clear()
    networks = [ClientInfo(f"198.51.100.{number}", "") for number in range(2)]
    attempts = [networks[0], networks[0], networks[0], networks[1], networks[1], PHONE]

    let_in = [
        allows(verify, ticket_of(user), wrong(app.code(1)), client=client) for client in attempts
    ]

    assert let_in == [True, True, False, True, False, False]
    assert receivers() == [user.email]
    assert verify(ticket_of(user), app.code(1)) == ""
