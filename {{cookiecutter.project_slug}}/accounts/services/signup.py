"""Opening an account for oneself."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts import mail
from accounts.models import User
from accounts.services import rate_limits, verification
from monitoring import security_log
from web.client_info import ClientInfo


def register(client: ClientInfo, email: str, password: str, name: str = "") -> None:
    """Create an account that waits for its address to be confirmed.

    Whoever asks learns nothing of whether the address is taken: the answer, the one password
    hash and the one mail are the same. The owner of a taken address is told (ASVS 6.3.8).

    Args:
        client: from where.
        email: the address, in any spelling.
        password: already validated.
        name: what to call the user; may be empty.

    Raises:
        RateLimitExceededError: enough mails were asked for.
    """
    rate_limits.consume_for_email(email, client)
    user = User(email=email, name=name, password=make_password(password))
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        _register_again(user)
    else:
        security_log.record("account_opened", user.pk)
        verification.send_link(user)


def _register_again(newcomer: User) -> None:
    known = User.objects.get_by_natural_key(newcomer.email)
    security_log.record("account_asked_for_again", known.pk)
    if known.email_verified_at is None and known.is_active and known.has_usable_password():
        # Nobody has shown yet that the address is theirs. The last to ask wins, and the link
        # that the one before was sent ends with the password that it was made for.
        known.password, known.name = newcomer.password, newcomer.name
        known.save(update_fields=["password", "name"])
        verification.send_link(known)
    else:
        mail.send("address_taken", known.email)
