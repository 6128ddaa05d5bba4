"""Changing a password, and getting back in without one."""

from django.conf import settings
from django.utils import timezone

from accounts import email_links, mail
from accounts.models import User
from accounts.services import authentication, notifications
from monitoring import security_log
from web.client_info import ClientInfo


def change(user: User, new_password: str) -> None:
    """Set a new password and tell the user, whose other sign-ins end (ASVS 6.3.7, 7.4.3).

    Args:
        user: who has just shown the current password.
        new_password: already validated.
    """
    user.set_password(new_password)
    user.save(update_fields=["password"])
    notifications.tell("password_changed", user.email)
    security_log.record("password_changed", user.pk)


def request_reset(email: str, client: ClientInfo) -> None:
    """Mail a reset link if `email` has an active account with a password; else do nothing.

    An earlier link ends with this one. An invited user, who has no password yet, gets a link too:
    that of the invitation may have ended.

    Raises:
        RateLimitExceededError: enough mails were asked for.
    """
    authentication.consume_for_reset(email, client)
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and (user.has_usable_password() or user.email_verified_at is None):
        security_log.record("password_reset_requested", user.pk)
        _send_link("password_reset", user)


def invite(user: User) -> None:
    """Mail `user`, whom staff created without a password, a link to set one."""
    _send_link("invitation", user)


def reset(user: User, new_password: str, client: ClientInfo) -> None:
    """Set a new password for a user who followed a reset link, and end every sign-in.

    The link came by mail, so following it confirms the address as well, and what was guessed
    before counts no more.

    Args:
        user: from `email_links.user_of_password_reset`.
        new_password: already validated.
        client: from where.

    Raises:
        email_links.InvalidLinkError: the link was used, or replaced, at the same moment.
    """
    now = timezone.now()
    email_links.use_up(user, reset_requested_at=now)
    user.email_verified_at = user.email_verified_at or now
    user.save(update_fields=["email_verified_at"])
    change(user, new_password)
    authentication.restore_access(user, client=client)


def _send_link(name: str, user: User) -> None:
    user.reset_requested_at = timezone.now()
    user.save(update_fields=["reset_requested_at"])
    mail.send(
        name,
        user.email,
        link=email_links.password_reset_link(user),
        valid_minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
    )
