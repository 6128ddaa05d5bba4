"""Verification of email addresses."""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import background, email_links, mail
from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import notifications, rate_limits
from monitoring import security_log
from web.client_info import ClientInfo


def send_link(user: User) -> None:
    """Send `user` the link that confirms the email address of the account."""
    mail.send(
        "verify_email",
        user.email,
        language=user.language,
        link=email_links.verification_link(user, user.email),
        valid_hours=settings.EMAIL_LINK_TIMEOUT // 3600,
    )


def resend(email: str, *, client: ClientInfo) -> None:
    """Send the link again if `email` has an unconfirmed account; otherwise do nothing.

    Args:
        email: the email address, in any spelling.
        client: the client that made the request.

    Raises:
        ValidationError: `email` is not a valid email address.
        RateLimitExceededError: too many emails were requested.
    """
    email = canonical_email(email)
    rate_limits.consume_for_email(email, client)
    background.run(partial(_resend, email))


def verify(token: str, *, client: ClientInfo, keep: UUID | None = None) -> None:
    """Confirm the email address of a new account, or the new one of an existing account.

    If the address changes, the previous one is notified and the other sign-ins are revoked
    (ASVS 6.3.7, 7.4.3).

    Args:
        token: the token of the link.
        client: the client that made the request.
        keep: the ID of a sign-in that remains valid when the address changes.

    Raises:
        email_links.InvalidLinkError: the link is not valid, or another account has the address.
        RateLimitExceededError: this client followed too many invalid links.
    """
    with rate_limits.following_link(client):
        user, email = email_links.user_and_email_of_verification(token)
    previous = user.email
    # The receiver that revokes sign-ins when an email address changes keeps this one.
    user.current_sign_in_id = keep
    now = timezone.now()
    try:
        with transaction.atomic():
            email_links.use_up(user, email_verified_at=now)
            user.email, user.email_verified_at = email, now
            user.save(update_fields=["email", "email_verified_at"])
    except IntegrityError:
        raise email_links.InvalidLinkError from None
    if email != previous:
        notifications.notify("email_changed", user, to=previous, new_email=mask_email(email))
    security_log.record("email_verified", user.pk, changed=email != previous)


def mask_email(email: str) -> str:
    """Return the first character and the domain of `email`, which only its owner can complete."""
    local, _, domain = email.partition("@")
    return f"{local[0]}…@{domain}"


def _resend(email: str) -> None:
    user = User.objects.filter(email=email, is_active=True, email_verified_at=None).first()
    if user is not None:
        send_link(user)
