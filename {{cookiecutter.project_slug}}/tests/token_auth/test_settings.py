from collections.abc import Callable
from types import ModuleType

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

Load = Callable[[str, dict[str, str]], ModuleType]
KEYS = {"new": "QUJD" * 16, "old": "REVG" * 16}


def test_production_keys_are_read_in_order(load: Load) -> None:
    written = ",".join(f"{kid}:{key}" for kid, key in KEYS.items())
    found = load("production", settings.PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": written})
    assert list(found.JWT_SIGNING_KEYS.items()) == list(KEYS.items())


@pytest.mark.parametrize(
    "value",
    ["", "nonsense", "a:short", "development-1:" + "QUJD" * 16, "a:" + "QUJD" * 16 + ",b:short"],
)
def test_production_refuses_weak_keys(load: Load, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="  JWT_SIGNING_KEYS: must be kid:key"):
        load("production", settings.PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": value})


def test_foreign_origins_and_readers_are_none_by_default(load: Load) -> None:
    found = load("production", settings.PRODUCTION_ENVIRONMENT)
    assert found.CORS_ALLOWED_ORIGINS == []
    assert found.CORS_ALLOW_CREDENTIALS is False
    assert found.API_DOCS_ARE_PUBLIC is False
