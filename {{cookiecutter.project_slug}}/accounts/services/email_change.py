"""Changes of the email address by users."""

from functools import partial

from django.conf import settings

from accounts import background, email_links, mail
from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import rate_limits
from monitoring import security_log
from web.client_info import ClientInfo


def request(user: User, new_email: str, *, client: ClientInfo) -> None:
    """Send a link to the new email address; the account changes when the user follows it.

    The response is the same for an address that has an account, whose owner is notified
    (ASVS 6.3.8).

    Args:
        user: the user, who has just reauthenticated.
        new_email: the new address, in any spelling.
        client: the client that made the request.

    Raises:
        ValidationError: `new_email` is not a valid email address.
        RateLimitExceededError: too many emails were requested.
    """
    email = canonical_email(new_email)
    rate_limits.consume_for_email(email, client, user)
    security_log.record("email_change_requested", user.pk)
    # Made here, for the account as it was when the user reauthenticated.
    link = email_links.verification_link(user, email)
    background.run(partial(_send_link, email, link, user.language))


def _send_link(email: str, link: str, language: str) -> None:
    owner = User.objects.filter(email=email).first()
    if owner is not None:
        mail.send("address_taken", email, language=owner.language)
        return
    mail.send(
        "email_change",
        email,
        language=language,
        link=link,
        new_email=email,
        valid_hours=settings.EMAIL_LINK_TIMEOUT // 3600,
    )
