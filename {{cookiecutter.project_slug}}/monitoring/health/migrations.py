"""Whether the tables are those that this code was written for."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Reading all migrations takes a while, and what has been applied stays so.
_none_missing = False


def missing_migrations() -> list[str]:
    """Return the migrations of this code that the database lacks, as `app.name`."""
    global _none_missing  # noqa: PLW0603 - it is a fact about the process
    if _none_missing:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _none_missing = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
