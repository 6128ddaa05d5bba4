import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

ADMIN = f"/{settings.ADMIN_URL}"


@pytest.fixture
def desk(staff: User, sign_in: SignInBrowser) -> Client:
    """A browser in which staff is signed in."""
    return sign_in(staff)


def change_email(desk: Client, user: User, **form: str) -> None:
    path = f"{ADMIN}accounts/user/{user.pk}/change/"
    assert desk.post(path, {"is_active": "on", **form}).status_code == 302
    user.refresh_from_db()


def test_an_email_changed_by_staff_is_confirmed_by_its_owner(
    desk: Client, user: User, sign_in: SignInBrowser
) -> None:
    """C08: the previous address is notified, the new one confirms."""
    browser = sign_in(user)

    change_email(desk, user, email="New@Straße.example.org")

    assert user.email == "new@xn--strae-oqa.example.org"
    assert user.email_verified_at is None
    assert not is_signed_in(browser)
    assert not is_signed_in(sign_in(user))
    notice, request = mail.outbox
    assert (notice.to, request.to) == (["ada@example.com"], [user.email])
    link = re.search(r"https://testserver(/\S+)", str(request.body))
    assert link
    Client().post(link[1])
    assert is_signed_in(sign_in(user))


def test_staff_can_say_that_a_new_email_is_verified(
    desk: Client, user: User, sign_in: SignInBrowser
) -> None:
    """C08: on purpose."""
    change_email(desk, user, email="new@example.com", email_is_verified="on")

    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert is_signed_in(sign_in(user))


def test_an_invited_user_is_invited_again_at_the_new_email(desk: Client, db: None) -> None:
    grace = User.objects.create_user("grace@example.com")

    change_email(desk, grace, email="hopper@example.com")

    assert [message.to for message in mail.outbox] == [
        ["grace@example.com"],
        ["hopper@example.com"],
    ]
    assert "invite" in str(mail.outbox[1].body)


def test_the_same_email_in_another_spelling_changes_nothing(desk: Client, user: User) -> None:
    change_email(desk, user, email="ADA@Example.com", email_is_verified="on", name="Augusta")

    assert user.name == "Augusta"
    assert mail.outbox == []


def test_staff_who_may_only_view_users_see_them(user: User, sign_in: SignInBrowser) -> None:
    viewer = User.objects.create_user(
        "viewer@example.com", PASSWORD, is_staff=True, email_verified_at=timezone.now()
    )
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    page = sign_in(viewer).get(f"{ADMIN}accounts/user/{user.pk}/change/")
    assert page.status_code == 200
    assert b"email_is_verified" not in page.content


@pytest.mark.parametrize("email", ["alice@exam\u200bple.org", "a@evil＠example.org"])
def test_what_is_not_an_email_address_is_refused(desk: Client, user: User, email: str) -> None:
    """C02, C04."""
    for page in ("add", f"{user.pk}/change"):
        response = desk.post(f"{ADMIN}accounts/user/{page}/", {"email": email, "name": "x"})
        assert response.status_code == 200
    assert sorted(User.objects.values_list("email", flat=True)) == [
        "ada@example.com",
        "root@example.com",
    ]
