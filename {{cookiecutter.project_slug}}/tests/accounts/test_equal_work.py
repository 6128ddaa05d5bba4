"""Work done before the response does not depend on who has an account."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.template.base import Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import email_links
from accounts.models import User
from accounts.services import email_change, passwords, verification
from tests.accounts.conftest import NEW_PASSWORD, Waiting
from tests.conftest import HERE, PASSWORD


@pytest.fixture
def accounts(user: User) -> dict[str, str]:
    """An email address for each state that an account can be in."""
    create = User.objects.create_user
    create("unconfirmed@example.com", PASSWORD)
    create("invited@example.com")
    create("inactive@example.com", PASSWORD, is_active=False)
    create("passwordless@example.com", email_verified_at=timezone.now())
    states = ("unconfirmed", "invited", "inactive", "passwordless", "unknown")
    return {"confirmed": user.email} | {state: f"{state}@example.com" for state in states}


REQUESTS: dict[str, tuple[Callable[[str], None], set[str]]] = {
    "reset": (
        lambda email: passwords.request_reset(email, client=HERE),
        {"confirmed", "unconfirmed", "invited"},
    ),
    "resend": (
        lambda email: verification.resend(email, client=HERE),
        {"unconfirmed", "invited"},
    ),
    "change": (
        lambda email: email_change.request(
            User.objects.get(email="ada@example.com"), email, client=HERE
        ),
        {"confirmed", "unconfirmed", "invited", "inactive", "passwordless", "unknown"},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_request_for_an_email_does_the_same_work_for_everyone(
    name: str, accounts: dict[str, str], waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C09: look-up, saving, rendering and sending leave the request."""
    request, receivers = REQUESTS[name]
    rendered: list[str | None] = []
    render = Template.render

    def counted(template: Template, context: Any) -> Any:
        rendered.append(template.name)
        return render(template, context)

    monkeypatch.setattr(Template, "render", counted)
    for state, email in accounts.items():
        with CaptureQueriesContext(connection) as queries:
            request(email)
        # The change reads the user who is signed in.
        assert len(queries) == (1 if name == "change" else 0)
        assert (rendered, django_mail.outbox) == ([], [])
        waiting.finish()
        expected = [[email]] if state in receivers else []
        assert [message.to for message in django_mail.outbox] == expected
        django_mail.outbox.clear()
        rendered.clear()


def test_link_to_a_new_email_address_is_made_for_the_account_that_asked(
    user: User, waiting: Waiting
) -> None:
    """C09: a password that changes before the email is sent makes the link invalid."""
    email_change.request(user, "new@example.com", client=HERE)
    passwords.change(User.objects.get(), NEW_PASSWORD)
    waiting.finish()

    (message,) = (each for each in django_mail.outbox if each.to == ["new@example.com"])
    (link,) = (word for word in str(message.body).split() if "verify-email" in word)
    token = link.rstrip("/").rpartition("/")[2].rpartition("=")[2]
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)
