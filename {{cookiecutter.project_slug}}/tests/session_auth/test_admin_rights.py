"""Staff cannot gain rights that they were not given."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

ADMIN = f"/{settings.ADMIN_URL}"
USERS, SIGN_INS, GROUPS = (
    f"{ADMIN}{model}/" for model in ("accounts/user", "accounts/signin", "auth/group")
)
MODELS = (User, SignIn, Group)


def permission(name: str) -> Permission:
    return Permission.objects.get(codename=name)


@pytest.fixture
def clerk(db: None) -> User:
    """Staff with every permission for users, sign-ins and groups."""
    clerk = User.objects.create_user(
        "clerk@example.com", PASSWORD, is_staff=True, email_verified_at=timezone.now()
    )
    types = ContentType.objects.get_for_models(*MODELS).values()
    clerk.user_permissions.set(Permission.objects.filter(content_type__in=types))
    return clerk


@pytest.fixture
def desk(clerk: User, sign_in: SignInBrowser) -> Client:
    """A browser in which the clerk is signed in."""
    return sign_in(clerk)


@pytest.fixture
def manager(db: None) -> User:
    """A user, not staff, with a permission that the clerk lacks."""
    manager = User.objects.create_user(
        "manager@example.com", PASSWORD, email_verified_at=timezone.now()
    )
    group = Group.objects.create(name="managers")
    group.permissions.add(permission("add_permission"))
    manager.groups.add(group)
    return manager


def change(desk: Client, user: User, **form: str) -> int:
    common = {"email": user.email, "name": user.name, "is_active": "on"}
    return desk.post(f"{USERS}{user.pk}/change/", common | form).status_code


def act(desk: Client, action: str, *users: User) -> None:
    form = {"action": action, "_selected_action": [str(user.pk) for user in users], "post": "yes"}
    desk.post(USERS, form)


@pytest.mark.parametrize("whose", ["clerk", "user"])
def test_limited_staff_cannot_grant_rights(
    desk: Client, clerk: User, user: User, whose: str
) -> None:
    """D02: neither to themselves nor to others."""
    group = Group.objects.create(name="auditors")
    target = {"clerk": clerk, "user": user}[whose]
    before = set(target.user_permissions.all())
    rights = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": str(group.pk),
        "user_permissions": str(permission("add_permission").pk),
    }

    assert change(desk, target, name="Augusta", **rights) == 302

    changed = User.objects.get(pk=target.pk)
    assert changed.name == "Augusta"
    assert (changed.is_superuser, changed.is_staff) == (False, target.is_staff)
    assert set(changed.user_permissions.all()) == before
    assert not changed.groups.exists()


def test_limited_staff_cannot_grant_rights_to_a_new_user(desk: Client) -> None:
    """D02: the form that invites users has no rights in it."""
    form = {"email": "new@example.com", "is_superuser": "on", "is_staff": "on", "groups": "1"}

    assert desk.post(f"{USERS}add/", form).status_code == 302

    created = User.objects.get(email="new@example.com")
    assert (created.is_superuser, created.is_staff, created.groups.count()) == (False, False, 0)


def test_superuser_grants_rights(staff: User, user: User, sign_in: SignInBrowser) -> None:
    group = Group.objects.create(name="auditors")

    assert change(sign_in(staff), user, is_staff="on", groups=str(group.pk)) == 302

    user.refresh_from_db()
    assert user.is_staff
    assert user.groups.get() == group


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("whose", ["staff", "manager"])
def test_limited_staff_cannot_change_an_account_with_more_rights(
    desk: Client, staff: User, manager: User, whose: str, active: bool
) -> None:
    """D02: with its email address they could take it over, also one that is deactivated."""
    target = {"staff": staff, "manager": manager}[whose]
    if not active:
        deactivate(target)

    assert change(desk, target, email="mine@example.com") == 403
    for page in ("delete/", "change/"):
        desk.post(f"{USERS}{target.pk}/{page}", {"post": "yes", "email": "mine@example.com"})

    found = User.objects.get(pk=target.pk)
    assert (found.email, found.is_active) == (target.email, active)


@pytest.mark.parametrize("action", ["send_password_link", "sign_out_everywhere", "deactivate"])
@pytest.mark.parametrize("whose", ["staff", "manager"])
def test_list_action_skips_accounts_with_more_rights(
    desk: Client,
    staff: User,
    manager: User,
    user: User,
    sign_in: SignInBrowser,
    whose: str,
    action: str,
) -> None:
    """D02: and says so; the other selected accounts are processed."""
    target = {"staff": staff, "manager": manager}[whose]
    theirs, others = sign_in(target), sign_in(user)
    mail.outbox.clear()

    act(desk, action, target, user)

    assert is_signed_in(theirs)
    assert [message.to for message in mail.outbox] == (
        [[user.email]] if action == "send_password_link" else []
    )
    assert is_signed_in(others) is (action == "send_password_link")
    assert target.email in desk.get(USERS).content.decode().partition("results")[0]


@pytest.mark.parametrize("whose", ["staff", "manager"])
def test_bulk_deletion_refuses_accounts_with_more_rights(
    desk: Client, staff: User, manager: User, user: User, whose: str
) -> None:
    """D02: also if others are selected with them."""
    target = {"staff": staff, "manager": manager}[whose]

    act(desk, "delete_selected", target, user)

    assert User.objects.filter(pk=target.pk).exists()
    act(desk, "delete_selected", user)
    assert not User.objects.filter(pk=user.pk).exists()


@pytest.mark.parametrize("whose", ["staff", "manager"])
def test_limited_staff_cannot_delete_the_sign_ins_of_an_account_with_more_rights(
    desk: Client, staff: User, manager: User, user: User, sign_in: SignInBrowser, whose: str
) -> None:
    """D02: it would sign the account out."""
    target = {"staff": staff, "manager": manager}[whose]
    sign_in(target), sign_in(user)
    (kept,), (deleted,) = sign_ins.live(target), sign_ins.live(user)
    for pk in (kept.pk, deleted.pk):
        desk.post(f"{SIGN_INS}{pk}/delete/", {"post": "yes"})
        form = {"action": "delete_selected", "_selected_action": str(pk), "post": "yes"}
        desk.post(SIGN_INS, form)

    assert SignIn.objects.filter(pk=kept.pk).exists()
    assert not SignIn.objects.filter(pk=deleted.pk).exists()


def test_limited_staff_cannot_change_groups(desk: Client, clerk: User) -> None:
    """D02: a group that they belong to would get any permission."""
    group = Group.objects.create(name="clerks")
    clerk.groups.add(group)
    form = {"name": "clerks", "permissions": str(permission("add_permission").pk), "post": "yes"}

    assert desk.get(f"{GROUPS}{group.pk}/change/").status_code == 200
    for page in (f"{group.pk}/change/", f"{group.pk}/delete/", "add/"):
        assert desk.post(GROUPS + page, form).status_code == 403

    assert not group.permissions.exists()
    assert list(Group.objects.all()) == [group]


def test_superuser_changes_groups(staff: User, sign_in: SignInBrowser) -> None:
    form = {"name": "clerks", "permissions": str(permission("add_permission").pk)}
    desk = sign_in(staff)

    assert desk.post(f"{GROUPS}add/", form).status_code == 302

    group = Group.objects.get()
    assert group.permissions.count() == 1
    assert desk.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"}).status_code == 302


def test_limited_staff_manages_accounts_with_the_same_rights(
    desk: Client, clerk: User, sign_in: SignInBrowser
) -> None:
    colleague = User.objects.create_user(
        "other@example.com", PASSWORD, is_staff=True, email_verified_at=timezone.now()
    )
    colleague.user_permissions.set(clerk.user_permissions.all())
    theirs = sign_in(colleague)

    act(desk, "deactivate", colleague)

    assert not is_signed_in(theirs)


def test_rights_of_others_are_shown(desk: Client, manager: User) -> None:
    assert b"managers" in desk.get(f"{USERS}{manager.pk}/change/").content
