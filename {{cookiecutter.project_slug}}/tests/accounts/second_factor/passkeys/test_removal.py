"""Passkeys are removed by their users, and by staff."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import User
from accounts.second_factor import services as second_factor
from accounts.second_factor.models import RecoveryCode
from accounts.second_factor.passkeys import services
from accounts.second_factor.passkeys.models import Passkey
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    log_in,
    wrong,
)
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    device_of,
)
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE


def test_passkey_is_removed_with_a_code_by_its_user(
    user: User, other: User, device: Device
) -> None:
    theirs = device_of(other)
    second = device_of(user, device.recovery_codes[0])
    first, last = user.passkeys.order_by("pk")
    code = device.recovery_codes[1]
    mail.outbox.clear()
    remove = services.remove_passkey
    assert code_of_error(remove, user, first.pk, wrong("111111"), client=HERE) == INVALID

    remove(user, first.pk, second.get(services.request_options(user)), client=HERE)

    assert "no longer be used" in " ".join(str(mail.outbox[-1].body).split())
    assert user.passkeys.get() == last
    assert (alone(user, device), alone(user, second)) == (INVALID_PASSKEY, "")
    assert RecoveryCode.objects.exists()
    for gone in (first.pk, other.passkeys.get().pk):
        assert code_of_error(remove, user, gone, code, client=HERE) == "no_passkey"
    assert alone(other, theirs) == ""


def test_last_passkey_is_removed_with_the_recovery_codes_if_the_policy_allows_it(
    user: User, device: Device, settings: Settings
) -> None:
    """M09."""
    pk, remove = Passkey.objects.get().pk, services.remove_passkey
    settings.SECOND_FACTOR_REQUIRED = "all"
    code = device.recovery_codes[0]
    assert code_of_error(remove, user, pk, code, client=HERE) == "second_factor_must_stay"
    settings.SECOND_FACTOR_REQUIRED = "nobody"

    remove(user, pk, code, client=HERE)

    assert not RecoveryCode.objects.exists()
    assert log_in(user) is None
    assert second_factor.status(user) == (False, False, 0, ())


@pytest.mark.parametrize(
    "remove",
    [
        lambda user, code: second_factor.remove(user, code, client=HERE),
        lambda user, _: call_command("reset_second_factor", user.email, stdout=StringIO()),
    ],
    ids=["user", "staff"],
)
def test_second_factor_is_removed_with_all_passkeys(
    user: User, app: App, remove: Callable[[User, str], object]
) -> None:
    device = device_of(user, app.code())
    remove(user, device.get(services.request_options(user)))
    assert not Passkey.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert (alone(user, device), log_in(user)) == (INVALID_PASSKEY, None)
