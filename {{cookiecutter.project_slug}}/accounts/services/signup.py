"""Sign-up: users create their own accounts."""

from functools import partial
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts import background, mail
from accounts.fields import canonical_email
from accounts.models import User
from accounts.services import rate_limits, verification
from monitoring import security_log
from web.client_info import ClientInfo


def create_account(
    email: str, password: str, name: str = "", *, client: ClientInfo, **fields: Any
) -> None:
    """Create an account whose email address has to be confirmed.

    The client cannot find out whether the email address has an account: the work before the
    response is the same, and the owner of an existing account is notified (ASVS 6.3.8).

    Args:
        email: the email address, in any spelling.
        password: the password, already validated.
        name: the name of the user; may be empty.
        client: the client that made the request.
        **fields: further fields of the user.

    Raises:
        ValidationError: `email` is not a valid email address, or another unique field is taken.
        RateLimitExceededError: too many emails were requested.
    """
    email = canonical_email(email)
    rate_limits.consume_for_email(email, client)
    user = User(email=email, name=name, language=client.language, **fields)
    user.validate_other_constraints()
    user.password = make_password(password)
    background.run(partial(_save, user))


def _save(newcomer: User) -> None:
    try:
        with transaction.atomic():
            newcomer.save()
    except IntegrityError:
        known = User.objects.filter(email=newcomer.email).first()
        if known is None:
            raise
        _sign_up_again(known, newcomer)
    else:
        security_log.record("account_opened", newcomer.pk)
        verification.send_link(newcomer)


def _sign_up_again(known: User, newcomer: User) -> None:
    security_log.record("account_asked_for_again", known.pk)
    if known.email_verified_at is None and known.is_active and known.has_usable_password():
        # The email address is not confirmed yet. The most recent password applies, and the earlier
        # link becomes invalid with the earlier password.
        known.password, known.name = newcomer.password, newcomer.name
        known.language = newcomer.language
        known.save(update_fields=["password", "name", "language"])
        verification.send_link(known)
    else:
        mail.send("address_taken", known.email, language=known.language)
