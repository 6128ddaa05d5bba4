"""Users have passkeys next to other factors, sign in with them, and remove them."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.second_factor import services as second_factor
from accounts.second_factor.models import RecoveryCode
from accounts.second_factor.passkeys import checks, services
from accounts.second_factor.passkeys.models import Passkey
from accounts.services import export, staff
from tests.accounts.conftest import allows
from tests.accounts.second_factor.conftest import INVALID, App, code_of_error, log_in, wrong
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    device_of,
    finish,
    sign_in,
)
from tests.accounts.second_factor.passkeys.device import Device
from tests.conftest import HERE


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
    assert (
        str(Passkey.objects.get()) == f"{user.email} {passkey['name']}" == f"{user.email} My phone"
    )


def test_refused_passkeys_of_a_network_and_sign_ins_of_a_user_are_limited(
    user: User, device: Device, settings: Settings
) -> None:
    """M06, P10: neither others on the network nor thieves of the password lock the user out."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"passkeys": (2, 60), "sign_ins": (3, 60)}
    assert all(log_in(user) for _ in range(3))
    assert not allows(log_in, user)
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
        ("other", [], 1),
        ("testserver", ["https://a.testserver:8443", "http://localhost", "android:x"], 0),
        ("testserver", ["https://attestserver", "https://testserver/", "testserver"], 3),
    ],
)
def test_origins_that_cannot_use_passkeys_are_reported(
    settings: Settings, rp_id: str, origins: list[str], refused: int
) -> None:
    settings.MAIL_LINK_ORIGIN = "http://localhost"
    settings.PASSKEY_RP_ID, settings.PASSKEY_ORIGINS = rp_id, origins
    assert [found.id for found in checks.origins()] == ["passkeys.E001"] * refused


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
