"""`manage.py jwt_keys` generates keys, lists them, and explains how to rotate them."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.token_auth.api import Pair, accepts_access
from tests.token_auth.signing import material
from token_auth import keys


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("jwt_keys", *arguments, stdout=out)
    return out.getvalue()


def ring_of(text: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in text.strip().split(","))


@pytest.mark.parametrize(
    ("arguments", "algorithm"), [([], "HS256"), (["--algorithm", "ES256"], "ES256")]
)
def test_a_generated_key_can_be_set_as_it_is_printed(arguments: list[str], algorithm: str) -> None:
    ((kid, key),) = ring_of(printed("generate", *arguments)).items()

    assert re.fullmatch(r"\d{14}", kid)
    assert keys.read(key).algorithm == algorithm


def test_a_list_has_the_use_of_each_key_and_not_the_key(settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = {
        "new": material("EdDSA"),
        "old": material("HS256"),
        "bad": "c2hvcnQ",
    }

    text = printed("list")

    assert text.splitlines() == [
        "new  EdDSA  signs and verifies",
        "old  HS256  verifies",
        "bad  has fewer than 32 bytes.  verifies",
    ]


@pytest.mark.parametrize("algorithm", ["HS256", "ES256"])
def test_a_rotation_signs_no_one_out_before_its_last_step(
    pair: Pair, settings: Settings, algorithm: str
) -> None:
    text = printed("rotate", *(["--algorithm", algorithm] if algorithm != "HS256" else []))
    known, signs, alone = (ring_of(found) for found in re.findall(r"JWT_SIGNING_KEYS=(\S+)", text))

    assert list(known) == [*settings.JWT_SIGNING_KEYS, *alone]
    assert list(signs) == [*alone, *settings.JWT_SIGNING_KEYS]
    assert [keys.read(key).algorithm for key in alone.values()] == [algorithm]
    for ring, accepted in ((known, True), (signs, True), (alone, False)):
        settings.JWT_SIGNING_KEYS = ring
        assert accepts_access(pair) is accepted
    assert f"After {settings.SIMPLE_JWT['REFRESH_TOKEN_LIFETIME'].days} days" in text


@pytest.mark.parametrize(
    ("ring", "advice"), [({}, "See jwt_keys generate"), ({"a": "c2hvcnQ"}, "See jwt_keys list")]
)
def test_a_rotation_needs_usable_keys(
    settings: Settings, ring: dict[str, str], advice: str
) -> None:
    settings.JWT_SIGNING_KEYS = ring

    with pytest.raises(CommandError, match=advice):
        printed("rotate")


@pytest.mark.parametrize("arguments", [[], ["burn"], ["generate", "--algorithm", "none"]])
def test_other_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        printed(*arguments)
