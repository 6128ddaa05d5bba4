"""Health checks for orchestrators, whose responses reveal only the status."""

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
    """Report that this process responds to requests."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(_: HttpRequest) -> JsonResponse:
    """Report whether database and cache are writable and all migrations have been applied.

    If not, the log contains the reason. Reading is not enough: a standby database and a full cache
    can be read, but not written.
    """
    try:
        missing = missing_migrations()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET app = app WHERE id < 0")
        cache.set("health", "ok", timeout=60)
    except Exception:
        log.exception("not_ready")
        return JsonResponse({"status": "unavailable"}, status=503)
    if missing:
        log.error("not_ready", missing_migrations=missing)
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})
