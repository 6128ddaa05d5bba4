"""How much code the second factor adds to a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.generated.size import lines_of_code

if TYPE_CHECKING:
    from tests.conftest import Baker


@pytest.mark.parametrize(
    ("auth", "second_factor", "application", "tests"),
    [("session", "totp", 850, 900), ("both", "passkeys", 1770, 1900)],
)
def test_a_second_factor_stays_small(
    bake: Baker, auth: str, second_factor: str, application: int, tests: int
) -> None:
    without = bake(auth=auth, second_factor="none").path
    found = bake(auth=auth, second_factor=second_factor).path

    for is_test, limit in ((False, application), (True, tests)):
        added = lines_of_code(found, tests=is_test) - lines_of_code(without, tests=is_test)
        assert 0 < added <= limit
