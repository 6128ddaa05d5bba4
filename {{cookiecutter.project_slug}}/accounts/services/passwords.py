"""Changes of passwords, and resets by email."""

from functools import partial

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from accounts import background, email_links, mail
from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import authentication, notifications, rate_limits
from monitoring import security_log
from web.client_info import ClientInfo


def change(user: User, new_password: str) -> None:
    """Set a new password, notify the user and revoke the other sign-ins (ASVS 6.3.7, 7.4.3).

    Args:
        user: the user, who has just reauthenticated.
        new_password: the new password, already validated.
    """
    user.set_password(new_password)
    user.save(update_fields=["password"])
    notifications.notify("password_changed", user)
    security_log.record("password_changed", user.pk)


def request_reset(email: str, *, client: ClientInfo) -> None:
    """Send a reset link if `email` has an active account with a password; otherwise do nothing.

    A new link replaces an earlier one. An invited user, who has no password yet, gets a link too,
    because the invitation may have expired.

    Args:
        email: the email address, in any spelling.
        client: the client that made the request.

    Raises:
        ValidationError: `email` is not a valid email address.
        RateLimitExceededError: too many emails were requested.
    """
    email = canonical_email(email)
    authentication.consume_for_reset(email, client)
    background.run(partial(_send_reset_link, email))


def invite(user: User) -> None:
    """Send `user`, whom staff created without a password, a link to set one."""
    _send_link("invitation", user)


def reset_with_link(uid: str, token: str, new_password: str, *, client: ClientInfo) -> None:
    """Set a new password for the user of a reset link.

    Args:
        uid: the first part of the link.
        token: the second part of the link.
        new_password: the new password; a password that is rejected leaves the link valid.
        client: the client that made the request.

    Raises:
        email_links.InvalidLinkError: the link is not valid, or is used concurrently.
        ValidationError: the password breaks a rule.
        RateLimitExceededError: this client followed too many invalid links.
    """
    with rate_limits.following_link(client):
        user = email_links.user_of_password_reset(uid, token)
    validate_password(new_password, user)
    reset(user, new_password, client=client)


def reset(user: User, new_password: str, *, client: ClientInfo) -> None:
    """Set a new password for a user who followed a reset link, and revoke every sign-in.

    The link came by email, so following it confirms the email address too, and earlier attempts
    of others no longer count.

    Args:
        user: the user, as returned by `email_links.user_of_password_reset`.
        new_password: the new password, already validated.
        client: the client that made the request.

    Raises:
        email_links.InvalidLinkError: the link was used or replaced concurrently.
    """
    now = timezone.now()
    with transaction.atomic():
        email_links.use_up(user, reset_requested_at=now)
        user.email_verified_at = user.email_verified_at or now
        user.save(update_fields=["email_verified_at"])
        change(user, new_password)
    authentication.restore_access(user, client=client)


def _send_reset_link(email: str) -> None:
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None and (user.has_usable_password() or user.email_verified_at is None):
        security_log.record("password_reset_requested", user.pk)
        _send_link("password_reset", user)


def _send_link(name: str, user: User) -> None:
    user.reset_requested_at = timezone.now()
    user.save(update_fields=["reset_requested_at"])
    mail.send(
        name,
        user.email,
        language=user.language,
        link=email_links.password_reset_link(user),
        valid_minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
    )
