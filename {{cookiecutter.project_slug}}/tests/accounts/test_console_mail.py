"""Emails on the console of the development server."""

import io

from django.core.mail import EmailMultiAlternatives

from accounts.console_mail import EmailBackend


def test_console_prints_a_link_once() -> None:
    """F17: the HTML version repeated it."""
    link = "http://localhost:8000/x/"
    message = EmailMultiAlternatives("Hello", f"Follow {link}", "a@b.org", ["ada@example.com"])
    message.attach_alternative(f'<a href="{link}">{link}</a>', "text/html")
    stream = io.StringIO()

    EmailBackend(stream=stream).send_messages([message])

    printed = stream.getvalue()
    assert printed.count(link) == 1
    assert "Subject: Hello\nTo: ada@example.com\n" in printed
