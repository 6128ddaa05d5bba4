"""Users sign in with passkeys, and add them."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.second_factor import services as second_factor
from accounts.second_factor.passkeys import checks, services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import export, sign_ins, staff
from tests.accounts.conftest import KIND, allows, receivers
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    log_in,
    ticket_of,
    verify,
)
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    as_code,
    device_of,
    finish,
    sign_in,
)
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


def test_recovery_code_and_app_work_next_to_a_passkey(user: User, app: App) -> None:
    device = device_of(user, app.code())
    assert device.recovery_codes == []
    assert second_factor.status(user).methods == ("code", "passkey", "recovery_code")
    for code in (app.code(1), app.recovery_codes[0]):
        assert verify(ticket_of(user), code) == ""
    assert as_code(user, device) == ""
    assert alone(user, device) == ""


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


def test_number_of_passkeys_is_limited(
    user: User, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M08: a thief cannot add more than the owner can remove; nor with options of before."""
    monkeypatch.setattr(services, "MAX_PASSKEYS", 2)
    begin, code = services.begin_registration, device.recovery_codes
    late = begin(user, code[0], client=HERE)
    device_of(user, code[1])
    assert code_of_error(begin, user, code[2], client=HERE) == "too_many_passkeys"
    assert finish(user, Device("https://testserver").create(late)) == "too_many_passkeys"

    services.remove_passkey(user, Passkey.objects.earliest("pk").pk, code[2], client=HERE)

    device_of(user, code[3])
    assert user.passkeys.count() == 2


@pytest.mark.parametrize(
    "change",
    [staff.deactivate, lambda _: User.objects.update(email_verified_at=None)],
    ids=["deactivated", "unconfirmed"],
)
def test_passkey_signs_in_no_user_who_may_not_sign_in(
    user: User, device: Device, change: Callable[[User], object]
) -> None:
    assert alone(user, device) == ""
    change(User.objects.get())
    assert alone(user, device) == INVALID_PASSKEY
    assert not SignIn.objects.exists()


def test_export_contains_the_passkeys_without_keys(user: User, device: Device) -> None:
    (passkey,) = export.export(user)["passkeys"]
    assert set(passkey) == {"name", "created_at", "last_used_at"}
    assert passkey["name"] == "My phone"


def test_refused_passkeys_of_a_network_and_sign_ins_of_a_user_are_limited(
    user: User, device: Device, settings: Settings
) -> None:
    """M06, P10: others on the network cannot lock the user out."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkeys": (2, 60), "sign_ins": (3, 60)}
    assert [alone(user, device) for _ in range(3)] == [""] * 3
    assert not allows(alone, user, device)
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign_ins": (100, 60)}
    assert [sign_in("nonsense") for _ in range(2)] == [INVALID_PASSKEY] * 2
    assert not allows(sign_in, "nonsense")
    assert alone(user, device) == ""


@pytest.mark.parametrize(
    ("rp_id", "origins", "refused"),
    [
        ("", [], 0),
        ("testserver", ["https://testserver:8443", "https://a.b.testserver"], 0),
        ("testserver", ["http://localhost:3000", "android:apk-key-hash:x"], 0),
        ("testserver", ["https://attestserver", "https://testserver/", "https://other"], 3),
        ("testserver", [" https://testserver", "testserver"], 2),
        ("other", [], 1),
    ],
)
def test_origins_that_cannot_use_passkeys_are_reported(
    settings: Settings, rp_id: str, origins: list[str], refused: int
) -> None:
    settings.MAIL_LINK_ORIGIN = "http://localhost"
    settings.PASSKEY_RP_ID, settings.PASSKEY_ORIGINS = rp_id, origins
    assert [found.id for found in checks.origins()] == ["passkeys.E001"] * refused
