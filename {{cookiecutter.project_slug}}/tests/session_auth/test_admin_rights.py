"""Staff cannot gain rights that they were not given."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import SignIn, User
from tests.session_auth.conftest import (
    GROUPS,
    SIGN_INS,
    USERS,
    confirmed,
    edit,
    is_signed_in,
    log_in,
    recipients,
)


def permission() -> Permission:
    """Return a permission that the clerk lacks."""
    return Permission.objects.get(codename="add_permission")


@pytest.fixture
def group(db: None) -> Group:
    group = Group.objects.create(name="managers")
    group.permissions.add(permission())
    return group


@pytest.fixture
def clerk(db: None) -> User:
    """Staff with every permission for users, sign-ins and groups."""
    clerk = confirmed("clerk@example.com", is_staff=True)
    types = ContentType.objects.get_for_models(User, SignIn, Group).values()
    clerk.user_permissions.set(Permission.objects.filter(content_type__in=types))
    return clerk


@pytest.fixture
def colleague(clerk: User) -> User:
    """Staff with the permissions of the clerk."""
    colleague = confirmed("colleague@example.com", is_staff=True)
    colleague.user_permissions.set(clerk.user_permissions.all())
    return colleague


@pytest.fixture
def desk(clerk: User) -> Client:
    """A browser in which the clerk is signed in."""
    return log_in(clerk)


@pytest.fixture(params=["superuser", "manager"])
def superior(request: pytest.FixtureRequest, group: Group) -> User:
    """A user with more rights than the clerk: by a flag, or by a group and without being staff."""
    superior = confirmed("superior@example.com", is_superuser=request.param == "superuser")
    if request.param == "manager":
        superior.groups.add(group)
    return superior


def act(desk: Client, action: str, *rows: User | SignIn, path: str = USERS) -> None:
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    desk.post(path, form)


def above_the_list(desk: Client) -> str:
    return desk.get(USERS).content.decode().partition("results")[0]


def test_limited_staff_cannot_grant_rights(
    desk: Client, clerk: User, user: User, group: Group
) -> None:
    """D02: neither to themselves nor to others, nor to new users."""
    before = set(clerk.user_permissions.all())
    rights = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": str(group.pk),
        "user_permissions": str(permission().pk),
    }

    for target in (clerk, user):
        assert edit(desk, target, name="Augusta", **rights) == 302
    assert desk.post(f"{USERS}add/", {"email": "new@example.com", **rights}).status_code == 302

    for found in User.objects.all():
        is_clerk = found == clerk
        assert found.name == ("" if found.email == "new@example.com" else "Augusta")
        assert (found.is_superuser, found.is_staff) == (False, is_clerk)
        assert set(found.user_permissions.all()) == (before if is_clerk else set())
        assert not found.groups.exists()


def test_superuser_grants_rights(staff: User, user: User, group: Group) -> None:
    assert edit(log_in(staff), user, is_staff="on", groups=str(group.pk)) == 302

    user.refresh_from_db()
    assert user.is_staff
    assert user.groups.get() == group


@pytest.mark.parametrize("active", [True, False])
def test_limited_staff_cannot_change_an_account_with_more_rights(
    desk: Client, superior: User, active: bool
) -> None:
    """D02: with its email address they could take it over, also one that is deactivated."""
    User.objects.filter(pk=superior.pk).update(is_active=active)

    shown = desk.get(f"{USERS}{superior.pk}/change/").content
    assert (b"managers" in shown) is superior.groups.exists()
    assert b"email_is_verified" not in shown
    assert edit(desk, superior, email="mine@example.com") == 403

    found = User.objects.get(pk=superior.pk)
    assert (found.email, found.is_active) == (superior.email, active)


@pytest.mark.parametrize("action", ["send_password_link", "sign_out_everywhere", "deactivate"])
def test_list_action_skips_accounts_with_more_rights(
    desk: Client, superior: User, colleague: User, action: str
) -> None:
    """D02: and says so; the other selected accounts are processed."""
    theirs, others = log_in(superior), log_in(colleague)

    act(desk, action, superior, colleague)

    sends = action == "send_password_link"
    assert recipients() == ([colleague.email] if sends else [])
    assert (is_signed_in(theirs), is_signed_in(others)) == (True, sends)
    colleague.refresh_from_db()
    assert colleague.is_active is (action != "deactivate")
    assert superior.email in above_the_list(desk)
    act(desk, action, colleague)
    assert superior.email not in above_the_list(desk)


@pytest.mark.parametrize("path", [USERS, SIGN_INS])
def test_limited_staff_cannot_delete_an_account_with_more_rights_or_its_sign_ins(
    desk: Client, superior: User, colleague: User, path: str
) -> None:
    """D02: also if others are selected with it; without its sign-ins, it would be signed out."""
    log_in(superior), log_in(colleague)
    users = superior, colleague
    kept, deleted = users if path == USERS else [user.sign_ins.get() for user in users]

    act(desk, "delete_selected", kept, deleted, path=path)
    act(desk, "delete_selected", kept, path=path)
    desk.post(f"{path}{kept.pk}/delete/", {"post": "yes"})
    assert type(kept).objects.filter(pk=kept.pk).exists()

    act(desk, "delete_selected", deleted, path=path)
    assert not type(deleted).objects.filter(pk=deleted.pk).exists()


def test_only_superusers_change_groups(desk: Client, clerk: User, staff: User) -> None:
    """D02: a group that staff belong to would get any permission."""
    group = Group.objects.create(name="clerks")
    clerk.groups.add(group)
    form = {"name": "clerks", "permissions": str(permission().pk), "post": "yes"}

    assert desk.get(f"{GROUPS}{group.pk}/change/").status_code == 200
    for page in (f"{group.pk}/change/", f"{group.pk}/delete/", "add/"):
        assert desk.post(GROUPS + page, form).status_code == 403
    assert not group.permissions.exists()

    admin = log_in(staff)
    assert admin.post(f"{GROUPS}{group.pk}/change/", form).status_code == 302
    assert group.permissions.count() == 1
    assert admin.post(f"{GROUPS}{group.pk}/delete/", form).status_code == 302
    assert not Group.objects.exists()
