"""Who must have a second factor in production."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT

POLICY = "SECOND_FACTOR_REQUIRED"
UNSET = {name: PRODUCTION_ENVIRONMENT[name] for name in PRODUCTION_ENVIRONMENT if name != POLICY}


def test_staff_must_have_one_unless_production_says_otherwise(load: Load) -> None:
    assert load("production", UNSET).SECOND_FACTOR_REQUIRED == "staff"
    assert load("production", UNSET | {POLICY: "all"}).SECOND_FACTOR_REQUIRED == "all"


def test_other_policies_are_refused_by_name(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured, match=POLICY):
        load("production", UNSET | {POLICY: "some"})
