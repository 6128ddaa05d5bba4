"""The admin, in which staff cannot gain rights that they were not given."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.test import Client

from accounts.models import SignIn, User
from tests.conftest import PASSWORD
from tests.session_auth import conftest as pages
from tests.session_auth.conftest import confirmed, edit, is_signed_in, log_in


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
def clerks_desk(clerk: User) -> Client:
    """A browser in which the clerk is signed in."""
    return log_in(clerk)


@pytest.fixture(params=["superuser", "manager"])
def superior(request: pytest.FixtureRequest, group: Group) -> User:
    """A user with more rights than the clerk: by a flag, or by a group and without being staff."""
    superior = confirmed("superior@example.com", is_superuser=request.param == "superuser")
    if request.param == "manager":
        superior.groups.add(group)
    return superior


def act(desk: Client, action: str, *rows: User | SignIn, path: str = pages.USERS) -> None:
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows], "post": "yes"}
    desk.post(path, form)


def above_the_list(desk: Client) -> str:
    return desk.get(pages.USERS).content.decode().partition("results")[0]


def test_staff_use_the_same_pages_as_other_users(desk: Client) -> None:
    assert desk.get(pages.ADMIN).status_code == 200
    assert b"Administration" in desk.get("/").content
    assert desk.get(f"{pages.ADMIN}login/?next=/x/")["Location"] == f"{pages.LOGIN}?next=/x/"
    assert desk.get(f"{pages.ADMIN}password_change/")["Location"] == "/accounts/password_change/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", [pages.ADMIN, pages.USERS, f"{pages.ADMIN}nothing/here/"])
def test_admin_explains_to_users_who_are_not_staff(
    browser: Client, page: str, method: str
) -> None:
    """D04: the sign-in form said nothing to a user who is signed in."""
    assert "login/?next=" in getattr(Client(), method)(page)["Location"]

    response = getattr(browser, method)(page)

    assert response.status_code == 403
    text = response.content.decode()
    assert "staff" in text
    assert "ada@example.com" in text
    assert 'name="password"' not in text


def test_new_user_is_invited_to_choose_a_password(desk: Client) -> None:
    path = f"{pages.USERS}add/"
    assert b'name="password' not in desk.get(path).content
    assert desk.post(path, {"email": "Grace@example.com", "name": "Grace"}).status_code == 302
    assert not User.objects.get(email="grace@example.com").has_usable_password()
    assert pages.recipients() == ["grace@example.com"]


def test_wrong_email_address_is_refused(desk: Client, user: User, other: User) -> None:
    """C02, C04."""
    taken = ("ADA@example.com", "There is a user with this email address.")
    for page in ("add", f"{other.pk}/change"):
        for email, error in (taken, ("alice@exam\u200bple.org", "email address")):
            response = desk.post(f"{pages.USERS}{page}/", {"email": email, "name": "x"})
            assert response.status_code == 200
            assert error in str(response.context["errors"])


def test_staff_change_an_account_but_never_its_password(desk: Client, user: User) -> None:
    assert b'name="password' not in desk.get(f"{pages.USERS}{user.pk}/change/").content
    assert edit(desk, user, email="ADA@Example.com", name="Augusta", password="x") == 302
    user.refresh_from_db()
    assert user.name == "Augusta"
    assert user.check_password(PASSWORD)
    assert mail.outbox == []


@pytest.mark.parametrize("verified", [True, False])
def test_email_changed_by_staff_is_verified_by_them_or_by_its_owner(
    desk: Client, user: User, browser: Client, verified: bool
) -> None:
    """C08: the previous address is notified either way."""
    box = {"email_is_verified": "on"} if verified else {}
    assert edit(desk, user, email="New@Straße.example.org", **box) == 302

    user.refresh_from_db()
    assert user.email == "new@xn--strae-oqa.example.org"
    assert pages.recipients() == ["ada@example.com", *([] if verified else [user.email])]
    assert not is_signed_in(browser)
    assert is_signed_in(log_in(user)) is verified
    if not verified:
        Client().post(pages.link_in_mail())
        assert is_signed_in(log_in(user))


def test_list_refuses_filters_and_selections_that_it_does_not_offer(desk: Client) -> None:
    """D03: SQLite takes no such number, PostgreSQL finds nothing."""
    for lookup, status in (("is_active__exact=1", 200), ("password__startswith=argon2", 400)):
        assert desk.get(f"{pages.USERS}?{lookup}").status_code == status
    for page, selected in ((pages.USERS, "9"), (pages.GROUPS, "9" * 40)):
        form = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
        assert desk.post(page, form).status_code in {400, 302 if page == pages.GROUPS else 400}


def test_sign_ins_are_shown_and_cannot_be_edited(
    desk: Client, browser: Client, user: User
) -> None:
    sign_in = SignIn.objects.get(user=user)
    assert user.email.encode() in desk.get(pages.SIGN_INS).content
    path = f"{pages.SIGN_INS}{sign_in.pk}/change/"
    shown = desk.get(path)
    assert shown.status_code == 200
    assert sign_in.credential_hash.encode() not in shown.content
    assert desk.post(path, {"kind": "x"}).status_code == 403
    assert desk.get(path, {"_to_field": ""}).status_code == 400
    assert desk.get(f"{pages.SIGN_INS}add/").status_code == 403
    assert SignIn.objects.get(pk=sign_in.pk).kind == "session"


def test_limited_staff_cannot_grant_rights(
    clerks_desk: Client, clerk: User, user: User, group: Group
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
        assert edit(clerks_desk, target, name="Augusta", **rights) == 302
    form = {"email": "new@example.com", **rights}
    assert clerks_desk.post(f"{pages.USERS}add/", form).status_code == 302

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
    clerks_desk: Client, superior: User, active: bool
) -> None:
    """D02: with its email address they could take it over, also one that is deactivated."""
    User.objects.filter(pk=superior.pk).update(is_active=active)

    shown = clerks_desk.get(f"{pages.USERS}{superior.pk}/change/").content
    assert (b"managers" in shown) is superior.groups.exists()
    assert b"email_is_verified" not in shown
    assert edit(clerks_desk, superior, email="mine@example.com") == 403

    found = User.objects.get(pk=superior.pk)
    assert (found.email, found.is_active) == (superior.email, active)


@pytest.mark.parametrize("action", ["send_password_link", "sign_out_everywhere", "deactivate"])
def test_list_action_skips_accounts_with_more_rights(
    clerks_desk: Client, superior: User, colleague: User, action: str
) -> None:
    """D02: and says so; the other selected accounts are processed."""
    theirs, others = log_in(superior), log_in(colleague)

    act(clerks_desk, action, superior, colleague)

    sends = action == "send_password_link"
    assert pages.recipients() == ([colleague.email] if sends else [])
    assert (is_signed_in(theirs), is_signed_in(others)) == (True, sends)
    colleague.refresh_from_db()
    assert colleague.is_active is (action != "deactivate")
    assert superior.email in above_the_list(clerks_desk)
    act(clerks_desk, action, colleague)
    assert superior.email not in above_the_list(clerks_desk)


@pytest.mark.parametrize("path", [pages.USERS, pages.SIGN_INS])
def test_limited_staff_cannot_delete_an_account_with_more_rights_or_its_sign_ins(
    clerks_desk: Client, superior: User, colleague: User, path: str
) -> None:
    """D02: also if others are selected with it; without its sign-ins, it would be signed out."""
    log_in(superior), log_in(colleague)
    users = superior, colleague
    kept, deleted = users if path == pages.USERS else [user.sign_ins.get() for user in users]

    act(clerks_desk, "delete_selected", kept, deleted, path=path)
    act(clerks_desk, "delete_selected", kept, path=path)
    clerks_desk.post(f"{path}{kept.pk}/delete/", {"post": "yes"})
    assert type(kept).objects.filter(pk=kept.pk).exists()

    act(clerks_desk, "delete_selected", deleted, path=path)
    assert not type(deleted).objects.filter(pk=deleted.pk).exists()


def test_only_superusers_change_groups(clerks_desk: Client, clerk: User, staff: User) -> None:
    """D02: a group that staff belong to would get any permission."""
    group = Group.objects.create(name="clerks")
    clerk.groups.add(group)
    form = {"name": "clerks", "permissions": str(permission().pk), "post": "yes"}

    assert clerks_desk.get(f"{pages.GROUPS}{group.pk}/change/").status_code == 200
    for page in (f"{group.pk}/change/", f"{group.pk}/delete/", "add/"):
        assert clerks_desk.post(pages.GROUPS + page, form).status_code == 403
    assert not group.permissions.exists()

    admin = log_in(staff)
    assert admin.post(f"{pages.GROUPS}{group.pk}/change/", form).status_code == 302
    assert group.permissions.count() == 1
    assert admin.post(f"{pages.GROUPS}{group.pk}/delete/", form).status_code == 302
    assert not Group.objects.exists()
