"""What is done before the response does not depend on who has an account."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.template.base import Template
from django.test.utils import CaptureQueriesContext

from accounts import email_links
from accounts.models import User
from accounts.services import email_change, passwords, verification
from tests.accounts.conftest import Waiting
from tests.conftest import HERE


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The templates that were rendered."""
    rendered: list[str | None] = []
    render = Template.render

    def counted(template: Template, context: Any) -> Any:
        rendered.append(template.name)
        return render(template, context)

    monkeypatch.setattr(Template, "render", counted)
    return rendered


@pytest.fixture
def accounts(user: User) -> dict[str, str]:
    """An email address for each state that an account can be in."""
    User.objects.create_user("unconfirmed@example.com", "a password of some length")
    User.objects.create_user("invited@example.com")
    User.objects.create_user("inactive@example.com", is_active=False)
    return {
        "confirmed": user.email,
        "unconfirmed": "unconfirmed@example.com",
        "invited": "invited@example.com",
        "inactive": "inactive@example.com",
        "unknown": "unknown@example.com",
    }


def change_email(email: str) -> None:
    email_change.request(User.objects.get(email="ada@example.com"), email, client=HERE)


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
        change_email,
        {"confirmed", "unconfirmed", "invited", "inactive", "unknown"},
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_for_an_email_does_the_same_work_for_everyone(
    name: str,
    accounts: dict[str, str],
    waiting: Waiting,
    renderings: list[str | None],
) -> None:
    """C09: look-up, saving, rendering and sending leave the request."""
    request, receivers = REQUESTS[name]
    work = {}
    for state, email in accounts.items():
        with CaptureQueriesContext(connection) as queries:
            request(email)
        # Queries of the request itself, such as reading the user who is signed in.
        work[state] = ([query["sql"].split(" WHERE ")[0] for query in queries], list(renderings))
        assert django_mail.outbox == []
        waiting.finish()
        assert bool(django_mail.outbox) == (state in receivers)
        django_mail.outbox.clear()
        renderings.clear()

    assert len({str(done) for done in work.values()}) == 1
    queries_of_all, renderings_of_all = work["unknown"]
    assert renderings_of_all == []
    assert len(queries_of_all) == (1 if name == "change" else 0)


def test_a_link_for_a_new_email_address_is_made_for_the_account_that_asked(
    user: User, waiting: Waiting
) -> None:
    """C09: a password that changes before the email is sent makes the link invalid."""
    email_change.request(user, "new@example.com", client=HERE)
    passwords.change(User.objects.get(), "a train to the mountains")
    waiting.finish()

    (link,) = (
        word
        for message in django_mail.outbox
        if message.to == ["new@example.com"]
        for word in message.body.split()
        if "verify-email" in word
    )
    token = link.rstrip("/").rpartition("/")[2].rpartition("=")[2]
    with pytest.raises(email_links.InvalidLinkError):
        verification.verify(token, client=HERE)
