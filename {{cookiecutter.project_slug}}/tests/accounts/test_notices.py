"""Emails that notify users of security-relevant events."""

from copy import copy

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import email_change, passwords, sign_ins, verification
from tests.accounts.conftest import NEW_PASSWORD, Start
from web.client_info import ClientInfo

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
AT_HOME = ClientInfo("192.0.2.1", FIREFOX.format(142))
UPDATED = ClientInfo("198.51.100.7", FIREFOX.format(143))
ELSEWHERE = ClientInfo("203.0.113.9", "curl/8.15.0")
SILENT = ClientInfo(None, "")

Outbox = list[EmailMessage]


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
    user: User,
    start: Start,
    mailoutbox: Outbox,
    clients: list[ClientInfo],
    notices: list[tuple[str, ...]],
) -> None:
    for client in clients:
        start(user, client=client)

    for mail, words in zip(mailoutbox, notices, strict=True):
        assert mail.to == [user.email]
        for word in words:
            assert word in str(mail.body)


def test_sign_in_within_another_sends_no_notice(
    user: User, start: Start, mailoutbox: Outbox
) -> None:
    start(user, client=ELSEWHERE, within=start(user, client=AT_HOME))
    assert mailoutbox == []


def rotated(user: User, start: Start) -> SignIn:
    sign_in = start(user, "a", client=AT_HOME)
    sign_ins.rotate(sign_in.pk, user.pk, presented="a", replacements=["b"])
    return sign_in


def reuse(sign_in: SignIn) -> None:
    with pytest.raises(sign_ins.CredentialReusedError):
        sign_ins.rotate(sign_in.pk, sign_in.user_id, presented="a", replacements=["c"])


def test_credential_reused_many_times_at_once_sends_one_notice(
    user: User, start: Start, monkeypatch: pytest.MonkeyPatch, mailoutbox: Outbox
) -> None:
    sign_in = rotated(user, start)
    # Each of them has seen the sign-in before another ended it.
    monkeypatch.setattr(sign_ins, "find_live", lambda _: copy(sign_in))

    for _ in range(3):
        reuse(sign_in)

    (mail,) = mailoutbox
    assert mail.to == [user.email]
    assert "Firefox on Linux" in str(mail.body)


def test_notices_can_be_turned_off_and_emails_that_users_wait_for_cannot(
    user: User, start: Start, settings: Settings, mailoutbox: Outbox
) -> None:
    settings.SEND_NOTICES = False

    reuse(rotated(user, start))
    start(user, client=ELSEWHERE)
    passwords.change(user, NEW_PASSWORD)
    assert mailoutbox == []

    passwords.request_reset(user.email, client=AT_HOME)
    email_change.request(user, "ada@example.org", client=AT_HOME)
    verification.send_link(user)
    assert len(mailoutbox) == 3
