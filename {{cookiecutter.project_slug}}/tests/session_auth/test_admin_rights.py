"""Staff cannot gain rights that they were not given."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import SignIn, User
from tests.session_auth.conftest import ADMIN, confirmed, is_signed_in, log_in, recipients

USERS, SIGN_INS, GROUPS = (
    f"{ADMIN}{model}/" for model in ("accounts/user", "accounts/signin", "auth/group")
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


def change(desk: Client, user: User, **form: str) -> int:
    common = {"email": user.email, "name": user.name, "is_active": "on"}
    return desk.post(f"{USERS}{user.pk}/change/", common | form).status_code


def act(desk: Client, action: str, *rows: User | SignIn, path: str = USERS) -> None:
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    desk.post(path, form)


@pytest.mark.parametrize("whose", ["clerk", "user"])
def test_limited_staff_cannot_grant_rights(
    desk: Client, clerk: User, user: User, group: Group, whose: str
) -> None:
    """D02: neither to themselves nor to others, nor to new users."""
    target = {"clerk": clerk, "user": user}[whose]
    before = set(target.user_permissions.all())
    rights = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": str(group.pk),
        "user_permissions": str(permission().pk),
    }

    assert change(desk, target, name="Augusta", **rights) == 302
    assert desk.post(f"{USERS}add/", {"email": "new@example.com", **rights}).status_code == 302

    changed, created = User.objects.get(pk=target.pk), User.objects.get(email="new@example.com")
    assert (changed.name, changed.is_staff) == ("Augusta", target.is_staff)
    assert set(changed.user_permissions.all()) == before
    assert not created.is_staff
    for each in (changed, created):
        assert (each.is_superuser, each.groups.count()) == (False, 0)


def test_superuser_grants_rights(staff: User, user: User, group: Group) -> None:
    assert change(log_in(staff), user, is_staff="on", groups=str(group.pk)) == 302

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
    assert change(desk, superior, email="mine@example.com") == 403
    desk.post(f"{USERS}{superior.pk}/delete/", {"post": "yes"})

    found = User.objects.get(pk=superior.pk)
    assert (found.email, found.is_active) == (superior.email, active)


@pytest.mark.parametrize("action", ["send_password_link", "sign_out_everywhere", "deactivate"])
def test_list_action_skips_accounts_with_more_rights(
    desk: Client, superior: User, user: User, action: str
) -> None:
    """D02: and says so; the other selected accounts are processed."""
    theirs, others = log_in(superior), log_in(user)

    act(desk, action, superior, user)

    sends = action == "send_password_link"
    assert recipients() == ([user.email] if sends else [])
    assert (is_signed_in(theirs), is_signed_in(others)) == (True, sends)
    user.refresh_from_db()
    assert user.is_active is (action != "deactivate")
    assert superior.email in desk.get(USERS).content.decode().partition("results")[0]


def test_bulk_deletion_refuses_accounts_with_more_rights(
    desk: Client, superior: User, user: User
) -> None:
    """D02: also if others are selected with them."""
    act(desk, "delete_selected", superior, user)
    assert User.objects.filter(pk=superior.pk).exists()

    act(desk, "delete_selected", user)
    assert not User.objects.filter(pk=user.pk).exists()


def test_limited_staff_cannot_delete_the_sign_ins_of_an_account_with_more_rights(
    desk: Client, superior: User, user: User
) -> None:
    """D02: it would sign the account out."""
    log_in(superior), log_in(user)
    kept, deleted = SignIn.objects.get(user=superior), SignIn.objects.get(user=user)
    for row in (kept, deleted):
        desk.post(f"{SIGN_INS}{row.pk}/delete/", {"post": "yes"})
        act(desk, "delete_selected", row, path=SIGN_INS)

    assert SignIn.objects.filter(pk=kept.pk).exists()
    assert not SignIn.objects.filter(pk=deleted.pk).exists()


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


def test_limited_staff_manages_accounts_with_the_same_rights(desk: Client, clerk: User) -> None:
    colleague = confirmed("other@example.com", is_staff=True)
    colleague.user_permissions.set(clerk.user_permissions.all())
    theirs = log_in(colleague)

    act(desk, "deactivate", colleague)

    assert not is_signed_in(theirs)
