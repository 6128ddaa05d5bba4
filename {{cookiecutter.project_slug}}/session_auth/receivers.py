"""Receivers that start and end a session and its sign-in together."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import SignIn, User
from accounts.services import sign_ins as service
from accounts.signals import cleaning_up, password_hash_upgraded, sign_ins_revoked
from monitoring import security_log
from session_auth import sessions
from session_auth.models import BrowserSession


@receiver(user_logged_in)
def start_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Start a sign-in for the new session."""
    sessions.start_sign_in(request, user)


# Django may have connected its receiver already, if its app precedes this one.
user_logged_in.disconnect(dispatch_uid="update_last_login")


@receiver(user_logged_in, dispatch_uid="update_last_login")
def keep_last_login(**_: Any) -> None:
    """Replace Django's receiver of this name: the new sign-in stores the time itself."""


@receiver(user_logged_out)
def revoke_sign_in(request: HttpRequest, **_: Any) -> None:
    """Revoke the sign-in of a session that Django is about to flush."""
    sessions.revoke_sign_in(request)


@receiver(pre_delete, sender=Session)
def revoke_deleted(instance: Session, origin: object, **_: Any) -> None:
    """Revoke the sign-ins of sessions that are deleted or flushed without `logout()`.

    Django sends the signal once for each session. For a queryset, the first signal revokes the
    sign-ins of all its sessions.
    """
    if not isinstance(origin, QuerySet):
        sessions.revoke_deleted([instance.session_key])
    elif not hasattr(origin, "sign_ins_revoked"):
        origin.sign_ins_revoked = True  # type: ignore[attr-defined]  # read above
        sessions.revoke_deleted(origin.values("session_key"))


@receiver(pre_delete, sender=BrowserSession)
def revoke_unlinked(instance: BrowserSession, origin: object, **_: Any) -> None:
    """Revoke the sign-in of a link that is deleted by itself, instead of with its sign-in."""
    if BrowserSession in {type(origin), getattr(origin, "model", None)}:
        service.revoke(SignIn.objects.filter(pk=instance.pk))


@receiver(sign_ins_revoked)
def delete_sessions(sign_ins: list[SignIn], **_: Any) -> None:
    """Delete the sessions of revoked sign-ins."""
    sessions.delete_sessions(sign_ins)


@receiver(password_hash_upgraded)
def keep_signed_in(user: User, previous_hash: str, **_: Any) -> None:
    """Keep the sessions of a user whose password hash was upgraded."""
    sessions.keep_signed_in(user, previous_hash)


@receiver(cleaning_up)
def delete_expired_sessions(batch: int, **_: Any) -> str:
    """Delete expired sessions and return a summary for the log."""
    return f"{sessions.delete_expired(batch)} expired sessions"


@receiver(post_save, sender=LogEntry)
def record_admin_action(instance: LogEntry, **_: Any) -> None:
    """Record changes that staff make in the admin (ASVS 16.3.3)."""
    security_log.record(
        "admin_action",
        instance.user_id,
        action=instance.get_action_flag_display(),
        model=str(instance.content_type),
        object_id=str(instance.object_id),
    )
