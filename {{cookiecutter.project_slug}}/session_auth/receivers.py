"""A session lives as long as its sign-in, wherever in the code either begins or ends."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import SignIn, User
from accounts.signals import cleaning_up, password_hash_upgraded, sign_ins_revoked
from monitoring import security_log
from session_auth import sessions


@receiver(user_logged_in)
def begin(request: HttpRequest, user: User, **_: Any) -> None:
    """Begin a sign-in."""
    sessions.begin(request, user)


@receiver(user_logged_out)
def end(request: HttpRequest, **_: Any) -> None:
    """End the sign-in of the session that is about to be flushed."""
    sessions.end(request)


@receiver(pre_delete, sender=Session)
def end_deleted(instance: Session, origin: object, **_: Any) -> None:
    """End the sign-in of a session that code deletes or flushes without `logout()`.

    Whole sets of sessions are deleted by `delete_sessions` and by housekeeping alone.
    """
    if origin is instance:
        sessions.end_deleted(instance.session_key)


@receiver(sign_ins_revoked)
def delete_sessions(sign_ins: list[SignIn], **_: Any) -> None:
    """Delete the sessions of sign-ins that were revoked from elsewhere."""
    sessions.delete_of(sign_ins)


@receiver(password_hash_upgraded)
def keep_signed_in(user: User, previous_hash: str, **_: Any) -> None:
    """Keep the sessions of a user whose password did not change."""
    sessions.keep_signed_in(user, previous_hash)


@receiver(cleaning_up)
def delete_expired_sessions(batch: int, **_: Any) -> str:
    """Delete what has run out."""
    return f"{sessions.delete_expired(batch)} expired sessions"


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
