"""Answers that tell an orchestrator what to do, and nobody anything else."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from monitoring.health.migrations import missing_migrations

log = structlog.get_logger(__name__)


@login_not_required
@require_safe
def live(_: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(_: HttpRequest) -> JsonResponse:
    """Say whether database and cache can be reached, and the tables are those of this code.

    What is not so is in the log.
    """
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("health")
        missing = missing_migrations()
    except Exception:
        log.exception("not_ready")
        return JsonResponse({"status": "unavailable"}, status=503)
    if missing:
        log.error("not_ready", missing_migrations=missing)
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
