"""Mails to users, in text and HTML."""

from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)


def send(name: str, to: str, **context: Any) -> None:
    """Send the mail `name` once the present transaction is committed.

    A mail server that fails is logged and does not fail the request: an answer that depends on
    it would tell which addresses have an account (ASVS 6.3.8).

    Args:
        name: of the templates below `accounts/mail/`.
        to: the address of the one recipient.
        **context: what the templates need beside the site's name.
    """
    context |= {"site_name": settings.SITE_NAME}
    message = EmailMultiAlternatives(
        subject=render_to_string(f"accounts/mail/{name}_subject.txt", context).strip(),
        body=render_to_string(f"accounts/mail/{name}.txt", context),
        to=[to],
    )
    message.attach_alternative(
        render_to_string(f"accounts/mail/{name}.html", context), "text/html"
    )
    transaction.on_commit(lambda: _deliver(name, message))


def _deliver(name: str, message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except OSError:
        log.exception("mail_failed", mail=name)
