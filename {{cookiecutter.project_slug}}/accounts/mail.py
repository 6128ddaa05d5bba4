"""Emails to users, in text and HTML."""

import time
from concurrent.futures import ThreadPoolExecutor
from email.message import MIMEPart
from email.mime.image import MIMEImage
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from accounts import background
from accounts.fields import canonical_email

log = structlog.get_logger(__name__)

# Separate threads, so that a slow mail server delays only emails.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")
wait = time.sleep


class _InlineImage(MIMEImage, MIMEPart):
    """The logo. Mail clients block images of web servers and SVG, but show this PNG.

    Django 5.2 accepts parts of one base class, Django 6.1 those of the other.
    """

    def __init__(self, content: bytes, subtype: str) -> None:
        super().__init__(content, subtype)
        self["Content-ID"] = "<logo>"
        self["Content-Disposition"] = f'inline; filename="logo.{subtype}"'


def send(name: str, to: str, *, language: str = "", **context: Any) -> None:
    """Send the email `name` after the current transaction is committed.

    In the background, delivery is attempted again after each of `settings.MAIL_RETRY_DELAYS`. A
    failure is logged and never raised: a response that depends on it would reveal which email
    addresses have an account (ASVS 6.3.8).

    Args:
        name: the name of the templates below `accounts/mail/`.
        to: the email address of the only recipient.
        language: the language of the email; by default, that of the current request.
        **context: variables of the templates; `brand` and `site_name` are added.
    """
    language = language or translation.get_language()
    background.run(partial(_deliver, name, to, language, context), threads=_threads)


def _deliver(name: str, to: str, language: str, context: dict[str, Any]) -> None:
    try:
        with translation.override(language):
            message = render(name, to, **context)
        _send(message)
    except Exception:
        log.exception("mail_failed", mail=name)


def render(name: str, to: str, **context: Any) -> EmailMultiAlternatives:
    """Return the email `name` in text and HTML, in the current language.

    Args:
        name: the name of the templates below `accounts/mail/`.
        to: the email address of the only recipient.
        **context: variables of the templates; `brand` and `site_name` are added.
    """
    context = {**context, "brand": settings.BRAND, "site_name": settings.BRAND["name"]}
    message = EmailMultiAlternatives(
        subject=render_to_string(f"accounts/mail/{name}_subject.txt", context).strip(),
        body=render_to_string(f"accounts/mail/{name}.txt", context),
        to=[canonical_email(to)],
    )
    message.attach_alternative(
        render_to_string(f"accounts/mail/{name}.html", context), "text/html"
    )
    if logo := settings.BRAND.get("email_logo"):
        message.attach(_InlineImage((settings.BASE_DIR / logo).read_bytes(), "png"))
    return message


def _send(message: EmailMultiAlternatives) -> None:
    for delay in settings.MAIL_RETRY_DELAYS if settings.SEND_MAIL_IN_BACKGROUND else ():
        try:
            message.send()
        except ValueError:
            # A header or an encoding is invalid: another attempt would fail too.
            raise
        except Exception:
            log.warning("mail_delayed", seconds=delay, exc_info=True)
            wait(delay)
        else:
            return
    message.send()
