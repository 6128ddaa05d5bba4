"""Emails leave after the response, are retried, and never fail a request."""

import smtplib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from email import message_from_bytes
from io import StringIO
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import connection
from django.template import TemplateDoesNotExist
from django.template.base import Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pytest_django import Settings

from accounts import background, mail
from accounts.console_mail import EmailBackend
from accounts.models import SignIn, User
from accounts.services import email_change, passwords, sign_ins, verification
from tests.accounts.conftest import NEW_PASSWORD, Start, Waiting
from tests.conftest import HERE, PASSWORD
from web.client_info import ClientInfo

LOGO = b"\x89PNG\r\n\x1a\n and an image"
CLOSED = smtplib.SMTPServerDisconnected()
REFUSED = LookupError("an API mailer")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
AT_HOME = ClientInfo("192.0.2.1", FIREFOX.format(142))
UPDATED = ClientInfo("198.51.100.7", FIREFOX.format(143))
ELSEWHERE = ClientInfo("203.0.113.9", "curl/8.15.0")
SILENT = ClientInfo(None, "")
ANYONE = {"confirmed", "unconfirmed", "invited", "inactive", "passwordless", "unknown"}


@pytest.mark.parametrize(
    ("failures", "delays", "lost"),
    [
        ([CLOSED, TimeoutError(), 1], [1, 5], False),
        ([REFUSED] * 9, [1, 5, 15], True),
        ([ValueError("Invalid address")], [], True),
    ],
)
def test_delivery_is_retried_then_given_up_and_logged(
    settings: Settings,
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failures: list[object],
    delays: list[int],
    lost: bool,
) -> None:
    """C04, C10: for any exception; an email that cannot be encoded is not attempted again."""
    waited: list[float] = []
    monkeypatch.setattr(mail, "wait", waited.append)
    settings.MAIL_RETRY_DELAYS = (1, 5, 15)
    send = Mock(side_effect=failures)
    monkeypatch.setattr(EmailMultiAlternatives, "send", send)

    mail.send("password_changed", "ada@example.com")
    assert not send.called
    waiting.finish()

    assert (send.call_count, waited) == (len(delays) + 1, delays)
    assert caplog.text.count("mail_failed") == lost


@pytest.mark.parametrize(
    ("owner", "name", "error"),
    [
        (EmailMultiAlternatives, "send", ConnectionRefusedError()),
        (EmailMultiAlternatives, "send", UnicodeEncodeError("ascii", "x", 0, 1, "an encoding")),
        (mail, "render_to_string", TemplateDoesNotExist("a name")),
    ],
)
def test_email_that_cannot_be_sent_fails_no_request_and_is_logged(
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    owner: object,
    name: str,
    error: Exception,
) -> None:
    """C04, C10: the password is changed even if the notice cannot be rendered."""
    monkeypatch.setattr(owner, name, Mock(side_effect=error))
    passwords.change(user, NEW_PASSWORD)
    assert "mail_failed" in caplog.text


def test_email_to_an_invalid_address_is_logged_and_not_sent(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """C02: such as that of an account that could not be converted."""
    mail.send("password_changed", "ada@exam\u200bple.com")

    assert django_mail.outbox == []
    assert "mail_failed" in caplog.text


def test_background_work_fails_no_request_and_is_done_while_the_process_exits(
    db: None, waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    background.run(Mock(side_effect=LookupError))
    waiting.finish()
    assert "background_work_failed" in caplog.text

    work = Mock()
    background.run(work, threads=Mock(submit=Mock(side_effect=RuntimeError)))
    work.assert_called_once_with()


def test_work_in_the_background_has_the_language_of_the_request(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEND_MAIL_IN_BACKGROUND = True
    monkeypatch.setattr("django.db.transaction.on_commit", lambda work: work())
    seen: list[str] = []
    with ThreadPoolExecutor() as threads, translation.override("de"):
        background.run(lambda: seen.append(translation.get_language()), threads=threads)

    assert seen == ["de"]


def test_console_prints_a_link_once() -> None:
    """F17: the HTML version repeated it."""
    link = "http://localhost:8000/x/"
    message = EmailMultiAlternatives("Hello", f"Follow {link}", "a@b.org", ["ada@example.com"])
    message.attach_alternative(f'<a href="{link}">{link}</a>', "text/html")
    stream = StringIO()

    EmailBackend(stream=stream).send_messages([message])

    assert stream.getvalue().count(link) == 1
    assert "Subject: Hello\nTo: ada@example.com\n" in stream.getvalue()


@pytest.mark.parametrize(
    ("request_email", "queries", "receivers"),
    [
        (passwords.request_reset, 0, {"confirmed", "unconfirmed", "invited"}),
        (verification.resend, 0, {"unconfirmed", "invited"}),
        # The change reads the user who is signed in.
        (
            lambda email, client: email_change.request(
                User.objects.get(name="Ada"), email, client=client
            ),
            1,
            ANYONE,
        ),
    ],
    ids=["reset", "resend", "change"],
)
def test_request_for_an_email_does_the_same_work_for_everyone(
    user: User,
    waiting: Waiting,
    monkeypatch: pytest.MonkeyPatch,
    request_email: Callable[..., None],
    queries: int,
    receivers: set[str],
) -> None:
    """C09: look-up, saving, rendering and sending leave the request."""
    create = User.objects.create_user
    create("unconfirmed@example.com", PASSWORD)
    create("invited@example.com")
    create("inactive@example.com", PASSWORD, is_active=False)
    create("passwordless@example.com", email_verified_at=timezone.now())
    rendered = Mock(return_value="")
    monkeypatch.setattr(Template, "render", rendered)
    for state in ANYONE:
        email = user.email if state == "confirmed" else f"{state}@example.com"
        rendered.reset_mock()
        with CaptureQueriesContext(connection) as captured:
            request_email(email, client=HERE)
        assert (len(captured), rendered.called, django_mail.outbox) == (queries, False, [])
        waiting.finish()
        expected = [[email]] if state in receivers else []
        assert [message.to for message in django_mail.outbox] == expected
        django_mail.outbox.clear()


def one_line(message: EmailMessage) -> str:
    """Return the text without line breaks, which depend on the name of the service."""
    return " ".join(str(message.body).split())


@pytest.mark.parametrize(
    ("clients", "notices"),
    [
        ([AT_HOME], []),
        ([AT_HOME, UPDATED], []),
        ([AT_HOME, ELSEWHERE, AT_HOME, ELSEWHERE], [("curl", "203.0.113.9")]),
        ([AT_HOME, SILENT], [("Unknown device",)]),
    ],
)
def test_each_new_device_but_the_first_is_notified_of_once(
    user: User, start: Start, clients: list[ClientInfo], notices: list[tuple[str, ...]]
) -> None:
    for client in clients:
        start(user, client=client)

    for message, words in zip(django_mail.outbox, notices, strict=True):
        assert message.to == [user.email]
        for word in words:
            assert word in one_line(message)


def reuse(sign_in: SignIn) -> None:
    with pytest.raises(sign_ins.CredentialReusedError):
        sign_ins.rotate(sign_in.pk, sign_in.user_id, presented="a", replacements=["c"])


def test_credential_reused_many_times_concurrently_sends_one_notice(
    user: User, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in = start(user, "b", client=AT_HOME)
    # Each of them has seen the sign-in before another ended it.
    monkeypatch.setattr(sign_ins, "find_live", lambda _: copy(sign_in))

    for _ in range(3):
        reuse(sign_in)

    (message,) = django_mail.outbox
    assert message.to == [user.email]
    assert "Firefox on Linux" in one_line(message)


def test_notices_can_be_turned_off_and_emails_that_users_wait_for_cannot(
    user: User, start: Start, settings: Settings
) -> None:
    settings.SEND_NOTICES = False

    reuse(start(user, "b", client=AT_HOME))
    start(user, client=ELSEWHERE)
    passwords.change(user, NEW_PASSWORD)
    assert django_mail.outbox == []

    passwords.request_reset(user.email, client=AT_HOME)
    email_change.request(user, "ada@example.org", client=AT_HOME)
    verification.send_link(user)
    assert len(django_mail.outbox) == 3


@pytest.mark.parametrize("has_logo", [True, False])
def test_email_has_text_and_html_and_the_logo_and_a_subject_of_one_line(
    settings: Settings, waiting: Waiting, tmp_path: Path, has_logo: bool
) -> None:
    (tmp_path / "logo.png").write_bytes(LOGO)
    settings.BRAND = settings.BRAND | {"email_logo": str(tmp_path / "logo.png") * has_logo}

    mail.send("password_changed", "ada@example.com")
    waiting.finish()

    (sent,) = django_mail.outbox
    assert "\n" not in sent.subject
    parts = list(message_from_bytes(sent.message().as_bytes()).walk())
    images = [part for part in parts if part.get_content_type() == "image/png"]
    assert [(part["Content-ID"], part.get_payload(decode=True)) for part in images] == [
        ("<logo>", LOGO)
    ] * has_logo
    text, html = (part for part in parts if part.get_content_maintype() == "text")
    assert (text.get_content_subtype(), html.get_content_subtype()) == ("plain", "html")
    assert (b'src="cid:logo"' in bytes(html.get_payload(decode=True))) is has_logo
