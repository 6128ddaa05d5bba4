"""Responses that no honest device sends are refused, and the honest one next to them is not."""

import json
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from accounts.models import User
from accounts.second_factor.factors import MAX_LENGTH
from accounts.second_factor.passkeys import ceremonies, services
from accounts.second_factor.passkeys.models import Passkey
from tests.accounts.second_factor.conftest import INVALID, ticket_of, verify
from tests.accounts.second_factor.passkeys.conftest import (
    INVALID_PASSKEY,
    alone,
    as_code,
    device_of,
    finish,
    sign_in,
)
from tests.accounts.second_factor.passkeys.device import ATTESTED, PRESENT, VERIFIED, Device
from tests.attacks.fuzz import MANY
from tests.conftest import HERE

BOTH_WAYS = pytest.mark.parametrize(
    ("use", "refused"), [(alone, INVALID_PASSKEY), (as_code, INVALID)], ids=["alone", "code"]
)


Use = Callable[..., str]


CHANGES: dict[str, dict[str, object]] = {
    "origin": {"origin": "https://evil.example"},
    "subdomain": {"origin": "https://evil.testserver"},
    "port": {"origin": "https://testserver:8443"},
    "scheme": {"origin": "http://testserver"},
    "host": {"rp_id": "evil.example"},
    "parent domain": {"rp_id": "server"},
    "frame of another site": {"cross_origin": True},
    "chosen challenge": {"challenge": bytes_to_base64url(b"x" * 100)},
    "no challenge": {"challenge": ""},
    "not verified": {"flags": PRESENT},
    "not present": {"flags": VERIFIED},
}


USES: dict[str, dict[str, object]] = {
    **CHANGES,
    "purpose": {"type": "webauthn.create"},
    "key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "handle": {"handle": b"another user"},
    "lower count": {"count": 9},
    "same count": {"count": 10},
    "no count": {"count": 0},
}


@BOTH_WAYS
@pytest.mark.parametrize("changes", USES.values(), ids=USES)
def test_response_with_a_wrong_part_is_refused(
    user: User, use: Use, refused: str, changes: dict[str, object]
) -> None:
    """M11."""
    device = device_of(user, count=10)
    assert use(user, device, **changes) == refused
    assert Passkey.objects.get().sign_count == 10
    assert use(user, device, count=11) == ""
    assert Passkey.objects.get().sign_count == 11


@pytest.mark.parametrize(
    "changes", [*CHANGES.values(), {"type": "webauthn.get"}, {"fmt": "packed"}], ids=str
)
def test_new_passkey_with_a_wrong_part_is_refused(user: User, changes: dict[str, object]) -> None:
    """M11."""
    device = Device("https://testserver")
    if "flags" in changes:
        changes = {"flags": int(str(changes["flags"])) | ATTESTED}
    options = services.begin_registration(user, client=HERE)
    assert finish(user, device.create(options, **changes)) == INVALID_PASSKEY
    assert not Passkey.objects.exists()
    assert finish(user, device.create(options)) == ""


def test_count_decides_between_concurrent_uses(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M11: as if two requests had read the row before either has changed it."""
    device = device_of(user, count=1)
    response = device.get(services.request_options())
    genuine = ceremonies.verify_assertion

    def overtaken(*arguments: object) -> int | None:
        Passkey.objects.update(sign_count=7)
        return genuine(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(ceremonies, "verify_assertion", overtaken)
    assert sign_in(response) == INVALID_PASSKEY
    monkeypatch.setattr(ceremonies, "verify_assertion", genuine)
    assert alone(user, device, count=8) == ""


def test_options_for_signing_in_are_the_same_for_everyone(user: User, device: Device) -> None:
    """M13."""
    options = services.request_options()
    Passkey.objects.all().delete()
    without = services.request_options()
    assert options.pop("challenge") != without.pop("challenge")
    assert options == without
    assert options["allowCredentials"] == []
    assert user.email.encode() not in device.handle


MALFORMED = [
    *("", "{", "[]", "null", "1", '"x"', "{}", '{"response": 1}', '{"response": {}}', "[" * 5000),
    *(
        '{"id": "a", "rawId": "a", "type": "public-key", "response": {"signature": []}}',
        '{"id": "é", "rawId": "é", "type": "public-key", "response": {}}',
        *("\udc80{}", " ", "1e999", '"\\ud800"', "9" * 100_000),
    ),
]


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:20].encode("ascii", "replace"))
def test_malformed_text_is_no_passkey(user: User, device: Device, text: str) -> None:
    """M12."""
    assert sign_in(text) == INVALID_PASSKEY
    assert verify(ticket_of(user), text) == INVALID
    assert finish(user, text) == INVALID_PASSKEY
    assert alone(user, device) == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


PLACE = st.tuples(
    st.integers(0, 5), st.integers(0, 2000), st.integers(1, 255), JSON, st.booleans()
)


def spoilt(response: str, place: tuple[int, int, int, object, bool]) -> str:
    """Return a response in which one byte of a field, or a whole field, is another."""
    content = json.loads(response)
    fields = [*content["response"], "id", "rawId"]
    name = fields[place[0] % len(fields)]
    owner = content["response"] if name in content["response"] else content
    raw = bytearray(base64url_to_bytes(owner[name]))
    raw[place[1] % len(raw)] ^= place[2]
    owner[name] = place[3] if place[4] else bytes_to_base64url(bytes(raw))
    return json.dumps(content)


@MANY
@given(place=PLACE)
def test_spoilt_responses_are_refused(
    user: User,
    device: Device,
    without_rate_limits: None,
    place: tuple[int, int, int, object, bool],
) -> None:
    """M12."""
    assert sign_in(spoilt(device.get(services.request_options()), place)) == INVALID_PASSKEY
    assert alone(user, device) == ""


@MANY
@given(place=PLACE)
def test_spoilt_new_passkeys_cause_no_error(
    user: User, without_rate_limits: None, place: tuple[int, int, int, object, bool]
) -> None:
    """M12: a new passkey has no signature, so that some are valid and do not work."""
    options = ceremonies.creation_options(user, [], str(user.pk))
    Passkey.objects.all().delete()
    assert finish(user, spoilt(Device("https://testserver").create(options), place)) in {
        "",
        INVALID_PASSKEY,
    }


def test_long_responses_are_not_parsed(
    user: User, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M12."""
    response = device.get(services.request_options())
    padded = response[:-1] + " " * (MAX_LENGTH - len(response)) + "}"
    verify_assertion = Mock(wraps=ceremonies.verify_assertion)
    monkeypatch.setattr(ceremonies, "verify_assertion", verify_assertion)
    assert sign_in(f"{padded} ") == INVALID_PASSKEY
    assert not verify_assertion.called
    assert sign_in(padded) == ""


@pytest.mark.parametrize(
    ("length", "error"), [(0, INVALID_PASSKEY), (1023, ""), (1024, INVALID_PASSKEY)]
)
def test_id_of_a_passkey_has_a_length_that_is_allowed(
    user: User, settings: Settings, length: int, error: str
) -> None:
    """M12; WebAuthn section 4."""
    device = Device(settings.PUBLIC_BASE_URL)
    device.id = bytes(length)
    response = device.create(services.begin_registration(user, client=HERE))
    # The ID outside of the signed data is another one, which is not compared.
    assert finish(user, response.replace('""', '"AAAA"')) == error
    assert user.passkeys.count() == (error == "")


def test_new_passkey_is_stored_once(user: User, other: User) -> None:
    """M11: not for another user either."""
    device, options = Device("https://testserver"), services.begin_registration(user, client=HERE)
    response = device.create(options)
    assert finish(user, response) == ""
    Passkey.objects.all().delete()
    assert finish(user, response) == INVALID_PASSKEY

    assert finish(user, device.create(services.begin_registration(user, client=HERE))) == ""
    theirs = services.begin_registration(other, client=HERE)
    assert finish(other, device.create(theirs)) == INVALID_PASSKEY
    assert finish(other, Device("https://testserver").create(theirs)) == INVALID_PASSKEY
    assert Passkey.objects.get().user == user
