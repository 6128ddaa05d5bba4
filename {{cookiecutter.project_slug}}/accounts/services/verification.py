"""Confirming that an address belongs to a user."""

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import email_links, mail
from accounts.models import User
from accounts.services import notifications, rate_limits
from monitoring import security_log
from web.client_info import ClientInfo


def send_link(user: User) -> None:
    """Mail `user` the link that confirms the account's address."""
    mail.send(
        "verify_email",
        user.email,
        link=email_links.verification_link(user, user.email),
        valid_hours=settings.EMAIL_LINK_TIMEOUT // 3600,
    )


def resend(email: str, client: ClientInfo) -> None:
    """Send the link again if `email` has an account that waits for it; else do nothing.

    Raises:
        RateLimitExceededError: enough mails were asked for.
    """
    rate_limits.consume_for_email(email, client)
    user = User.objects.filter(email=email, is_active=True, email_verified_at=None).first()
    if user is not None:
        send_link(user)


def verify(token: str, client: ClientInfo, keep: UUID | None = None) -> None:
    """Confirm an address: that of a new account, or the one a user moves to.

    The old address of a moved account is told, and its other sign-ins end (ASVS 6.3.7, 7.4.3).

    Args:
        token: from the link.
        client: from where.
        keep: the sign-in that goes on when the address changes.

    Raises:
        email_links.InvalidLinkError: the link is not valid, or the address has been taken.
        RateLimitExceededError: enough links of this client were not good.
    """
    with rate_limits.following_link(client):
        user, email = email_links.user_and_email_of_verification(token)
    old, user.sign_in_id, now = user.email, keep, timezone.now()
    try:
        with transaction.atomic():
            email_links.use_up(user, email_verified_at=now)
            user.email, user.email_verified_at = email, now
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        raise email_links.InvalidLinkError from None
    if email != old:
        notifications.tell("email_changed", old, new_email=masked(email))
    security_log.record("email_verified", user.pk, changed=email != old)


def masked(email: str) -> str:
    """Return enough of an address for its owner to know it, and too little for others."""
    local, _, domain = email.partition("@")
    return f"{local[0]}…@{domain}"
