"""Production: options that the documents offer, and the report of bad variables."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT

POSTGRES = "postgres://user:password@db.example.com:5432/name"


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("sslmode=verify-full&sslrootcert=system", {"sslrootcert": "system"}),
        ("pool=false&disable_server_side_cursors=true", {"pool": False}),
    ],
)
def test_production_keeps_connections_or_leaves_that_to_pgbouncer(
    load: Load, written: str, options: dict[str, object]
) -> None:
    """E14: the examples of the documents; options were lost or broke the connection."""
    chosen = {"DATABASE_URL": f"{POSTGRES}?{written}"}
    database = load("production", PRODUCTION_ENVIRONMENT | chosen).DATABASES["default"]

    has_pool = "pool" not in options
    assert options.items() <= database["OPTIONS"].items()
    assert bool(database["OPTIONS"]["pool"]) is has_pool
    assert (database["DISABLE_SERVER_SIDE_CURSORS"], database["CONN_MAX_AGE"]) == (not has_pool, 0)


def test_production_names_every_variable_that_is_missing_or_bad_in_one_message(load: Load) -> None:
    """F16."""
    bad = {"DATABASE_URL": "sqlite:///x", "DEFAULT_FROM_EMAIL": "me", "SECRET_KEY": "k3" * 40}
    with pytest.raises(ImproperlyConfigured) as failure:
        load("production", bad)
    named = {line.split(":")[0].strip() for line in str(failure.value).splitlines()[1:]}
    with_default = {"SECOND_FACTOR_REQUIRED", "SECOND_FACTOR_RESET_DELAY"}
    assert named == PRODUCTION_ENVIRONMENT.keys() - with_default
