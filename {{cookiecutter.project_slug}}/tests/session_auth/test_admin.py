from urllib.parse import unquote

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import SignIn, User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import (
    ADMIN,
    LOGIN,
    confirmed,
    is_signed_in,
    link_in_mail,
    log_in,
    recipients,
)

USERS, SIGN_INS, GROUPS = "accounts/user/", "accounts/signin/", "auth/group/"


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("login/?next=/x/", f"{LOGIN}?next=/x/"),
        ("password_change/", "/accounts/password_change/"),
    ],
)
def test_staff_uses_the_same_pages_as_other_users(desk: Client, page: str, target: str) -> None:
    assert desk.get(ADMIN).status_code == 200
    assert b"Administration" in desk.get("/").content
    assert desk.get(ADMIN + page)["Location"] == target


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["", USERS, "nothing/here/"])
def test_admin_explains_to_users_who_are_not_staff(
    browser: Client, user: User, page: str, method: str
) -> None:
    """D04: the sign-in form said nothing to a user who is signed in."""
    response = getattr(browser, method)(ADMIN + page)

    assert response.status_code == 403
    text = response.content.decode()
    assert "staff" in text
    assert user.email in text
    assert 'name="password"' not in text


def test_admin_sends_visitors_to_sign_in(db: None) -> None:
    response = Client().get(ADMIN + USERS, follow=True)

    assert unquote(response.redirect_chain[-1][0]) == f"{LOGIN}?next={ADMIN}{USERS}"
    assert 'name="password"' in response.content.decode()


def test_new_user_is_invited_to_choose_a_password(desk: Client) -> None:
    path = f"{ADMIN}{USERS}add/"
    assert b'name="password' not in desk.get(path).content
    assert desk.post(path, {"email": "Grace@example.com", "name": "Grace"}).status_code == 302
    assert not User.objects.get(email="grace@example.com").has_usable_password()
    assert recipients() == ["grace@example.com"]


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("ADA@example.com", "There is a user with this email address."),
        ("alice@exam\u200bple.org", "email address"),
        ("a@evil＠example.org", "email address"),
    ],
)
def test_wrong_email_address_is_refused(
    desk: Client, user: User, other: User, email: str, error: str
) -> None:
    """C02, C04."""
    before = list(User.objects.values_list("pk", "email").order_by("pk"))
    for page in ("add", f"{other.pk}/change"):
        response = desk.post(f"{ADMIN}{USERS}{page}/", {"email": email, "name": "x"})
        assert response.status_code == 200
        assert error in str(response.context["errors"])
    assert list(User.objects.values_list("pk", "email").order_by("pk")) == before


def change(desk: Client, user: User, **form: str) -> None:
    form = {"email": user.email, "is_active": "on"} | form
    assert desk.post(f"{ADMIN}{USERS}{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()


def test_staff_changes_an_account_but_never_its_password(desk: Client, user: User) -> None:
    assert b'name="password' not in desk.get(f"{ADMIN}{USERS}{user.pk}/change/").content
    change(desk, user, email="ADA@Example.com", name="Augusta", password="x")
    assert user.name == "Augusta"
    assert user.check_password(PASSWORD)
    assert mail.outbox == []


def test_email_changed_by_staff_is_confirmed_by_its_owner(
    desk: Client, user: User, browser: Client
) -> None:
    """C08: the previous address is notified, the new one confirms."""
    change(desk, user, email="New@Straße.example.org")

    assert user.email == "new@xn--strae-oqa.example.org"
    assert not is_signed_in(browser)
    assert not is_signed_in(log_in(user))
    assert recipients() == ["ada@example.com", user.email]
    Client().post(link_in_mail())
    assert is_signed_in(log_in(user))


def test_staff_can_say_that_a_new_email_is_verified(desk: Client, user: User) -> None:
    """C08: on purpose."""
    change(desk, user, email="new@example.com", email_is_verified="on")

    assert recipients() == ["ada@example.com"]
    assert is_signed_in(log_in(user))


def test_invited_user_is_invited_again_at_the_new_email(desk: Client) -> None:
    grace = User.objects.create_user("grace@example.com")

    change(desk, grace, email="hopper@example.com")

    assert recipients() == ["grace@example.com", "hopper@example.com"]
    assert "invite" in str(mail.outbox[1].body)


def test_staff_who_may_only_view_users_see_them(user: User) -> None:
    viewer = confirmed("viewer@example.com", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_user"))
    page = log_in(viewer).get(f"{ADMIN}{USERS}{user.pk}/change/")
    assert page.status_code == 200
    assert b"email_is_verified" not in page.content


@pytest.mark.parametrize(
    ("page", "lookup", "status"),
    [
        (USERS, "password__startswith=argon2", 400),
        (USERS, "date_joined__year=999999999999", 400),
        (SIGN_INS, "user__password__startswith=argon2", 400),
        (USERS, "is_active__exact=1", 200),
        (USERS, "groups__id__exact=99999999999999999999", 200),
        (USERS, "q=ada", 200),
    ],
)
def test_list_takes_only_the_filters_that_it_offers(
    desk: Client, page: str, lookup: str, status: int
) -> None:
    assert desk.get(f"{ADMIN}{page}?{lookup}").status_code == status


@pytest.mark.parametrize(
    ("page", "selected"), [(USERS, "9"), (USERS, "\x00"), (GROUPS, "x"), (GROUPS, "9" * 40)]
)
def test_selecting_a_malformed_or_impossible_id_deletes_nothing(
    desk: Client, page: str, selected: str
) -> None:
    """D03: SQLite takes no such number, PostgreSQL finds nothing."""
    group = Group.objects.create(name="kept")
    form = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
    statuses = {302, 400} if selected == "9" * 40 else {400}
    assert desk.post(ADMIN + page, form).status_code in statuses
    assert Group.objects.get() == group


@pytest.mark.parametrize("model", ["user", "signin"])
def test_malformed_parameter_of_a_change_page_is_refused(
    desk: Client, staff: User, model: str
) -> None:
    """D03."""
    row = staff if model == "user" else staff.sign_ins.get()
    path = f"{ADMIN}accounts/{model}/{row.pk}/change/"
    assert desk.get(path, {"_to_field": ""}).status_code == 400
    assert desk.get(path, {"_to_field": "id"}).status_code == 200


def test_sign_ins_are_shown_and_cannot_be_edited(
    desk: Client, browser: Client, user: User
) -> None:
    sign_in = SignIn.objects.get(user=user)
    assert user.email.encode() in desk.get(ADMIN + SIGN_INS).content
    path = f"{ADMIN}{SIGN_INS}{sign_in.pk}/change/"
    shown = desk.get(path)
    assert shown.status_code == 200
    assert sign_in.credential_hash.encode() not in shown.content
    assert desk.post(path, {"kind": "x"}).status_code == 403
    assert desk.get(f"{ADMIN}{SIGN_INS}add/").status_code == 403
    assert SignIn.objects.get(pk=sign_in.pk).kind == "session"


@pytest.mark.parametrize("object_id", ["1", "x", "9" * 40, "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("model", [User, Group])
def test_page_on_site_of_an_id_that_cannot_exist_is_not_found(
    desk: Client, model: type[Model], object_id: str
) -> None:
    """D03: Django reports an invalid UUID as an error."""
    content_type = ContentType.objects.get_for_model(model)

    assert desk.get(f"{ADMIN}r/{content_type.pk}/{object_id}/").status_code == 404


def test_admin_view_reports_a_malformed_id_as_not_found(staff: User) -> None:
    """D03: older versions of Django raise this in a view of their own."""

    def view(_: HttpRequest) -> HttpResponse:
        raise ValidationError("not a UUID")

    request = RequestFactory().get(ADMIN)
    request.user = staff
    with pytest.raises(Http404):
        site.admin_view(view)(request)
