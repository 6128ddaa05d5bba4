"""`manage.py jwt_keys` makes keys, lists them, and tells how to replace one."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from tests.token_auth.api import Pair, accepts_access
from token_auth import keys


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("jwt_keys", *arguments, stdout=out)
    return out.getvalue()


def ring_of(text: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in text.strip().split(","))


@pytest.mark.parametrize("algorithm", [None, "HS256", "RS256", "ES256", "EdDSA"])
def test_a_generated_key_can_be_set_as_it_is(
    pair: Pair, settings: Settings, algorithm: str | None
) -> None:
    arguments = ["--algorithm", algorithm] if algorithm else []

    ((kid, material),) = ring_of(printed("generate", *arguments)).items()

    assert re.fullmatch(r"\d{14}", kid)
    assert keys.read(material).algorithm == (algorithm or "HS256")


def test_a_list_tells_what_each_key_is_for_and_shows_none(settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = {
        "new": keys.generate("EdDSA"),
        "old": keys.generate("HS256"),
        "bad": "c2hvcnQ",
    }

    text = printed("list")

    assert text.splitlines() == [
        "new  EdDSA  signs and verifies",
        "old  HS256  verifies",
        "bad  has fewer than 32 bytes.  verifies",
    ]
    assert not any(material in text for material in settings.JWT_SIGNING_KEYS.values())


@pytest.mark.parametrize("algorithm", [None, "ES256"])
def test_a_rotation_followed_to_the_letter_signs_nobody_out_before_the_end(
    pair: Pair, settings: Settings, algorithm: str | None
) -> None:
    text = printed("rotate", *(["--algorithm", algorithm] if algorithm else []))
    known, signs, alone = (ring_of(found) for found in re.findall(r"JWT_SIGNING_KEYS=(\S+)", text))

    assert list(known) == [*settings.JWT_SIGNING_KEYS, *alone]
    assert list(signs) == [*alone, *settings.JWT_SIGNING_KEYS]
    (material,) = alone.values()
    assert keys.read(material).algorithm == (algorithm or "HS256")
    for ring, good in ((known, True), (signs, True), (alone, False)):
        settings.JWT_SIGNING_KEYS = ring
        assert accepts_access(pair) is good
    assert f"After {settings.SIMPLE_JWT['REFRESH_TOKEN_LIFETIME'].days} days" in text


@pytest.mark.parametrize(
    ("ring", "advice"), [({}, "See jwt_keys generate"), ({"a": "c2hvcnQ"}, "See jwt_keys list")]
)
def test_a_rotation_starts_from_keys_that_are_good(
    settings: Settings, ring: dict[str, str], advice: str
) -> None:
    settings.JWT_SIGNING_KEYS = ring

    with pytest.raises(CommandError, match=advice):
        printed("rotate")


@pytest.mark.parametrize("arguments", [[], ["burn"], ["generate", "--algorithm", "none"]])
def test_anything_else_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        printed(*arguments)
