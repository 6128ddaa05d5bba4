"""Emails that notify users of security-relevant events."""

from copy import copy

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from accounts.models import User
from accounts.services import email_change, passwords, sign_ins, verification
from web.client_info import ClientInfo

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0"
AT_HOME = ClientInfo("192.0.2.1", FIREFOX.format(142, 142))
UPDATED = ClientInfo("198.51.100.7", FIREFOX.format(143, 143))
ELSEWHERE = ClientInfo("203.0.113.9", "curl/8.15.0")
SILENT = ClientInfo(None, "")

Outbox = list[EmailMessage]


def test_the_first_sign_in_of_all_is_no_news(user: User, kind: str, mailoutbox: Outbox) -> None:
    sign_ins.start(user, kind, "a", client=AT_HOME)

    assert mailoutbox == []


def test_another_device_is_told_of(user: User, kind: str, mailoutbox: Outbox) -> None:
    sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.start(user, kind, "b", client=ELSEWHERE)

    (mail,) = mailoutbox
    assert mail.to == [user.email]
    for word in ("curl", "203.0.113.9"):
        assert word in str(mail.body)


def test_a_device_is_told_of_once(user: User, kind: str, mailoutbox: Outbox) -> None:
    for number, client in enumerate((AT_HOME, ELSEWHERE, AT_HOME, ELSEWHERE)):
        sign_ins.start(user, kind, str(number), client=client)

    assert len(mailoutbox) == 1


def test_a_new_version_in_another_place_is_no_other_device(
    user: User, kind: str, mailoutbox: Outbox
) -> None:
    sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.start(user, kind, "b", client=UPDATED)

    assert mailoutbox == []


def test_a_device_that_says_nothing_is_told_of_too(
    user: User, kind: str, mailoutbox: Outbox
) -> None:
    sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.start(user, kind, "b", client=SILENT)

    assert "Unknown device" in str(mailoutbox[0].body)


def test_a_sign_in_within_another_is_no_news(user: User, kind: str, mailoutbox: Outbox) -> None:
    first = sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.start(user, kind, "b", client=ELSEWHERE, within=first)

    assert mailoutbox == []


def reuse(user: User, kind: str) -> None:
    sign_in = sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.rotate(sign_in.pk, user.pk, presented="a", replacements=["b"])
    with pytest.raises(sign_ins.CredentialReusedError):
        sign_ins.rotate(sign_in.pk, user.pk, presented="a", replacements=["c"])


def test_a_credential_used_twice_is_told_of(user: User, kind: str, mailoutbox: Outbox) -> None:
    reuse(user, kind)

    (mail,) = mailoutbox
    assert mail.to == [user.email]
    assert "Firefox on Linux" in str(mail.body)


def test_one_mail_is_enough_when_it_is_used_many_times_at_once(
    user: User, kind: str, monkeypatch: pytest.MonkeyPatch, mailoutbox: Outbox
) -> None:
    sign_in = sign_ins.start(user, kind, "a", client=AT_HOME)
    sign_ins.rotate(sign_in.pk, user.pk, presented="a", replacements=["b"])
    # Each of them has seen the sign-in before another ended it.
    monkeypatch.setattr(sign_ins, "find_live", lambda _: copy(sign_in))

    for _ in range(3):
        with pytest.raises(sign_ins.CredentialReusedError):
            sign_ins.rotate(sign_in.pk, user.pk, presented="a", replacements=["c"])

    assert len(mailoutbox) == 1


def test_notices_can_be_turned_off(
    user: User, kind: str, settings: Settings, mailoutbox: Outbox
) -> None:
    settings.SEND_NOTICES = False

    reuse(user, kind)
    sign_ins.start(user, kind, "d", client=ELSEWHERE)
    passwords.change(user, "the tide comes in at six")

    assert mailoutbox == []


def test_what_something_waits_for_is_always_sent(
    user: User, settings: Settings, mailoutbox: Outbox
) -> None:
    settings.SEND_NOTICES = False

    passwords.request_reset(user.email, client=AT_HOME)
    email_change.request(user, "ada@example.org", client=AT_HOME)
    verification.send_link(user)

    assert len(mailoutbox) == 3
