"""What staff do in the admin is recorded."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models.signals import post_save
from django.dispatch import receiver

from monitoring import security_log


@receiver(post_save, sender=LogEntry)
def record_admin_action(instance: LogEntry, **_: Any) -> None:
    """Record what staff do in the admin (ASVS 16.3.3)."""
    security_log.record(
        "admin_action",
        instance.user_id,
        action=instance.get_action_flag_display(),
        model=str(instance.content_type),
        object_id=str(instance.object_id),
    )
