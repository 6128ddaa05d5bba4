"""Moving an account to another address."""

from django.conf import settings

from accounts import links, mail
from accounts.fields import canonical_email
from accounts.models import User


def request(user: User, new_email: str) -> None:
    """Mail a link to the new address; the account moves when it is followed.

    A taken address gives the same answer, and its owner is told (ASVS 6.3.8).

    Args:
        user: who has just shown the password again.
        new_email: in any spelling.
    """
    email = canonical_email(new_email)
    if User.objects.filter(email=email).exists():
        mail.send("address_taken", email)
        return
    mail.send(
        "email_change",
        email,
        link=links.verification_link(user, email),
        new_email=email,
        valid_hours=settings.EMAIL_LINK_TIMEOUT // 3600,
    )
