"""Moving an account to another address."""

from django.conf import settings

from accounts import email_links, mail
from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import rate_limits
from monitoring import security_log
from web.client_info import ClientInfo


def request(user: User, new_email: str, client: ClientInfo) -> None:
    """Mail a link to the new address; the account moves when it is followed.

    A taken address gives the same answer, and its owner is told (ASVS 6.3.8).

    Args:
        user: who has just shown the password again.
        new_email: in any spelling.
        client: from where.

    Raises:
        RateLimitExceededError: enough mails were asked for.
    """
    email = canonical_email(new_email)
    rate_limits.consume_for_email(email, client, user)
    security_log.record("email_change_requested", user.pk)
    if User.objects.filter(email=email).exists():
        mail.send("address_taken", email)
        return
    mail.send(
        "email_change",
        email,
        link=email_links.verification_link(user, email),
        new_email=email,
        valid_hours=settings.EMAIL_LINK_TIMEOUT // 3600,
    )
