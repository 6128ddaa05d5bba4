"""Mails to users, in text and HTML."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

log = structlog.get_logger(__name__)

# Threads are started with the first mail, so in the process that sends it.
_postmen = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def send(name: str, to: str, **context: Any) -> None:
    """Send the mail `name` once the present transaction is committed.

    With `settings.SEND_MAIL_IN_BACKGROUND` the caller does not wait for it; a process that ends in
    good order ends when its mails are handed over.

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
    transaction.on_commit(lambda: _hand_over(name, message))


def _hand_over(name: str, message: EmailMultiAlternatives) -> None:
    if settings.SEND_MAIL_IN_BACKGROUND:
        _postmen.submit(copy_context().run, _deliver, name, message)
    else:
        _deliver(name, message)


def _deliver(name: str, message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except OSError:
        log.exception("mail_failed", mail=name)
