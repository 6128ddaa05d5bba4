"""Tests of a project after a team's first month: none that it was generated with fails.

`tests/grown/project.py` lists what the team adds.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOTH_BY_DAY, MODELS
from tests.grown.environment import grown_python
from tests.grown.project import add_reviewed_routes, grow
from tests.project.checked import ATTACKS, ODD_NAMES, TESTS, UNCHANGED, Project, servers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Baker

pytestmark = pytest.mark.slow

ROUTE_TESTS = ("pytest", "-q", "-p", "no:cacheprovider", "tests/attacks/test_routes.py")
PAGES = {
    "orders/ | GET | signed in",
    "orders/<int:pk>/ | GET | signed in",
    "orders/newest/ | any method | signed in",
    "orders/prices/ | GET | everyone",
}
API = {
    "api/shop/^orders/$ | GET POST | IsAuthenticated | BearerAuthentication",
    "api/shop/ | GET | IsAuthenticated | BearerAuthentication",
}
ANSWERS = {"both": {"second_factor": "passkeys"}}
ROUTES = {"session": PAGES, "jwt": API, "both": PAGES | API}


@pytest.mark.parametrize("auth", BOTH_BY_DAY)
def test_first_month_breaks_only_the_route_list(
    bake: Baker, shared: Path, tmp_path: Path, auth: str
) -> None:
    """F01 F02 F03 F04 F09 F10 F13 F14."""
    answers = ANSWERS.get(auth, {}) | ODD_NAMES
    baked = bake(auth=auth, django_version="6.1", **answers).copy_to(tmp_path)
    project = Project(baked.path, grown_python(bake, shared), tmp_path)
    grow(project.path, auth, partial(project.run, "python", "manage.py"))

    with pytest.raises(AssertionError, match="add the lines to tests/attacks/") as found:
        project.run(*ROUTE_TESTS)
    printed = str(found.value)
    assert "1 failed" in printed
    assert set(add_reviewed_routes(project.path, printed)) >= ROUTES[auth]

    project.run(*ROUTE_TESTS)
    project.check()
    project.run("deptry", ".")
    project.add_tests()
    with servers() as urls:
        project.test(*TESTS, *(f"--ignore={path}" for path in UNCHANGED), servers=urls)


# `test_first_feature.py` checks the types of what a team has added for each change.
@pytest.mark.nightly
@pytest.mark.parametrize("auth", MODELS)
def test_first_month_breaks_no_type_and_no_attack_test(
    bake: Baker, shared: Path, tmp_path: Path, auth: str
) -> None:
    """F04 F14: other rate limits, lifetimes and another language."""
    baked = bake(auth=auth, django_version="6.1").copy_to(tmp_path)
    project = Project(baked.path, grown_python(bake, shared), tmp_path)
    grow(project.path, auth, partial(project.run, "python", "manage.py"))
    project.check_types()
    project.test(ATTACKS, "--deselect=tests/attacks/test_routes.py")
