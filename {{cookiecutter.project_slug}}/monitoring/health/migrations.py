"""The migrations that have not been applied to the database."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Reading all migrations is slow, and applied migrations stay applied.
_none_missing = False


def missing_migrations() -> list[str]:
    """Return the migrations that have not been applied, as `app.name`."""
    global _none_missing  # noqa: PLW0603 - a cache of this process
    if _none_missing:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _none_missing = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
