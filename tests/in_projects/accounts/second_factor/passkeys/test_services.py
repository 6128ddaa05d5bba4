"""The services of passkeys that pages and endpoints call, one by one."""

from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor import services as second_factor
from accounts.second_factor.passkeys import services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import sign_ins
from tests.accounts.conftest import KIND, receivers
from tests.accounts.second_factor.conftest import INVALID, code_of_error, log_in
from tests.accounts.second_factor.passkeys.conftest import alone, device_of
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE


def test_passkey_alone_signs_its_user_in(
    user: User, device: Device, clock: TimeMachineFixture, settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = "all"
    found = services.sign_in(device.get(services.request_options()), client=HERE)

    started = sign_ins.start(found, KIND, "x", client=HERE)

    assert (started.user, started.methods) == (user, "hwk user")
    assert Passkey.objects.get().last_used_at == timezone.now()


def test_passkey_finishes_a_held_sign_in(user: User, device: Device) -> None:
    held = log_in(user)
    assert held is not None
    assert (held.enroll, held.methods) == (False, ("passkey", "recovery_code"))
    response = device.get(services.request_options(user))

    verified = second_factor.verify(held.ticket, response, client=HERE)

    assert sign_ins.start(verified, KIND, "x", client=HERE).methods == "pwd hwk user"


def test_first_passkey_comes_with_recovery_codes_and_ends_other_sign_ins(user: User) -> None:
    """M16."""
    user.authentication_methods = ["pwd"]
    sign_ins.start(user, KIND, "other", client=HERE)
    kept = sign_ins.start(user, KIND, "kept", client=HERE)
    user.current_sign_in_id = kept.pk

    device = device_of(user)

    assert len(set(device.recovery_codes)) == 10
    assert [found.methods for found in sign_ins.live(user)] == ["pwd hwk user"]
    assert receivers() == [user.email]
    assert "without your password" in " ".join(str(mail.outbox[-1].body).split())
    passkey = Passkey.objects.get()
    assert (passkey.name, str(passkey)) == ("My phone", f"{user.email} My phone")
    assert passkey.last_used_at is None


def test_another_passkey_needs_a_code(user: User, device: Device) -> None:
    """M08."""
    begin = services.begin_registration
    for code in ("", " "):
        assert code_of_error(begin, user, code, client=HERE) == "second_factor_exists"
    assert code_of_error(begin, user, "1", client=HERE) == INVALID

    second = device_of(user, device.get(services.request_options(user)))

    assert second.recovery_codes == []
    assert [alone(user, each) for each in (device, second)] == ["", ""]
    options = services.begin_registration(user, device.recovery_codes[0], client=HERE)
    assert len(options["excludeCredentials"]) == 2
