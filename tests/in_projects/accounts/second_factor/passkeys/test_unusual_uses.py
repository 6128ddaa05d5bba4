"""Passkeys next to other changes, in rare orders, and without the cache."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.second_factor import gate
from accounts.second_factor import services as second_factor
from accounts.second_factor.errors import SecondFactorRequiredError
from accounts.second_factor.passkeys import checks, services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import passwords, rate_limits, sign_ins
from tests.accounts.conftest import KIND, NEW_PASSWORD, allows
from tests.accounts.second_factor.conftest import INVALID, App, code_of_error, ticket_of, verify
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    as_code,
    device_of,
    finish,
    sign_in,
)
from tests.accounts.second_factor.passkeys.device import Device
from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.conftest import HERE, UnreachableCache


def test_sign_in_takes_at_most_one_more_query(
    user: User, app: App, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    device_of(user, app.code())
    with django_assert_num_queries(1):
        assert code_of_hold(user) == ("code", "passkey", "recovery_code")


def code_of_hold(user: User) -> tuple[str, ...]:
    with pytest.raises(SecondFactorRequiredError) as held:
        gate.hold(user, ["pwd"], final=True)
    return tuple(held.value.methods)


@pytest.mark.parametrize(
    "attempt",
    [second_factor.begin_enrollment, second_factor.new_recovery_codes],
    ids=["app", "new"],
)
def test_passkey_is_a_code_for_every_service_that_takes_one(
    user: User, device: Device, attempt: Callable[..., object]
) -> None:
    """M08."""
    for code in ("1", device.get(services.request_options())):
        assert code_of_error(attempt, user, code, client=HERE) == INVALID
    response = device.get(services.request_options(user))
    assert code_of_error(attempt, user, response, client=HERE) == ""


def test_user_of_a_ticket_signs_in_by_adding_a_passkey(user: User, settings: Settings) -> None:
    """M15; of two tickets, the first one wins."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    ticket, other = ticket_of(user), ticket_of(user)
    found, late = (gate.user_of_ticket(each, enroll=True) for each in (ticket, other))
    options = services.begin_registration(late, client=HERE)
    device_of(found)
    assert finish(late, Device(settings.PUBLIC_BASE_URL).create(options)) == INVALID_PASSKEY
    assert code_of_error(gate.user_of_ticket, other, enroll=True) == "invalid_ticket"

    assert sign_ins.start(found, KIND, "x", client=HERE).methods == "pwd hwk user"


def test_app_that_was_begun_before_the_first_passkey_is_not_added(user: User) -> None:
    """M08."""
    begun = second_factor.begin_enrollment(user, client=HERE)
    device_of(user)
    finished = second_factor.finish_enrollment
    assert code_of_error(finished, user, begun.state, "1") == "invalid_enrollment"


def test_password_reset_leaves_passkeys(user: User, device: Device) -> None:
    """M07."""
    passwords.reset(User.objects.get(), NEW_PASSWORD, client=HERE)
    assert alone(user, device) == ""


def test_no_passkey_is_accepted_without_the_cache(
    user: User, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(rate_limits, "cache", UnreachableCache())
        assert not allows(alone, user, device)
    response = device.get(services.request_options())
    with monkeypatch.context() as away:
        away.setattr("accounts.second_factor.passkeys.ceremonies.cache", UnreachableCache())
        assert sign_in(response) == INVALID_PASSKEY
    assert sign_in(response) == ""


def test_passkeys_are_bound_to_what_the_environment_says(load: Load) -> None:
    chosen = {"PASSKEY_RP_ID": "example.com", "PASSKEY_ORIGINS": "https://a.example.com"}
    found = load("production", PRODUCTION_ENVIRONMENT | chosen)
    assert (found.PASSKEY_RP_ID, found.PASSKEY_ORIGINS) == (
        "example.com",
        ["https://a.example.com"],
    )
    assert load("production", PRODUCTION_ENVIRONMENT).PASSKEY_ORIGINS == []


def test_last_passkey_stays_if_another_request_has_removed_the_others(
    user: User, device: Device, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M09."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    device_of(user, device.recovery_codes[0])
    first, last = Passkey.objects.order_by("pk")
    monkeypatch.setattr(second_factor, "use", lambda *_: first.delete())

    error = code_of_error(services.remove_passkey, user, last.pk, "", client=HERE)

    assert error == "second_factor_must_stay"
    assert Passkey.objects.get() == last


@pytest.mark.parametrize(
    ("origin", "refused"),
    [("https://a.b.testserver", 0), (" https://testserver", 1), ("https://other", 1)],
)
def test_unusual_origins_are_checked(settings: Settings, origin: str, refused: int) -> None:
    settings.PASSKEY_RP_ID, settings.PASSKEY_ORIGINS = "testserver", [origin]
    assert [found.id for found in checks.origins()] == ["passkeys.E001"] * refused


def test_recovery_code_and_app_work_next_to_a_passkey(user: User, app: App) -> None:
    device = device_of(user, app.code())
    assert device.recovery_codes == []
    assert second_factor.status(user).methods == ("code", "passkey", "recovery_code")
    for code in (app.code(1), app.recovery_codes[0]):
        assert verify(ticket_of(user), code) == ""
    assert as_code(user, device) == ""
    assert alone(user, device) == ""
