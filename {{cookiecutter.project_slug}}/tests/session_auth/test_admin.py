import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import SignIn, User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import (
    ADMIN,
    GROUPS,
    LOGIN,
    SIGN_INS,
    USERS,
    edit,
    is_signed_in,
    link_in_mail,
    log_in,
    recipients,
)


def test_staff_use_the_same_pages_as_other_users(desk: Client) -> None:
    assert desk.get(ADMIN).status_code == 200
    assert b"Administration" in desk.get("/").content
    assert desk.get(f"{ADMIN}login/?next=/x/")["Location"] == f"{LOGIN}?next=/x/"
    assert desk.get(f"{ADMIN}password_change/")["Location"] == "/accounts/password_change/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", [ADMIN, USERS, f"{ADMIN}nothing/here/"])
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
    path = f"{USERS}add/"
    assert b'name="password' not in desk.get(path).content
    assert desk.post(path, {"email": "Grace@example.com", "name": "Grace"}).status_code == 302
    assert not User.objects.get(email="grace@example.com").has_usable_password()
    assert recipients() == ["grace@example.com"]


def test_wrong_email_address_is_refused(desk: Client, user: User, other: User) -> None:
    """C02, C04."""
    taken = ("ADA@example.com", "There is a user with this email address.")
    for page in ("add", f"{other.pk}/change"):
        for email, error in (taken, ("alice@exam\u200bple.org", "email address")):
            response = desk.post(f"{USERS}{page}/", {"email": email, "name": "x"})
            assert response.status_code == 200
            assert error in str(response.context["errors"])


def test_staff_change_an_account_but_never_its_password(desk: Client, user: User) -> None:
    assert b'name="password' not in desk.get(f"{USERS}{user.pk}/change/").content
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
    assert recipients() == ["ada@example.com", *([] if verified else [user.email])]
    assert not is_signed_in(browser)
    assert is_signed_in(log_in(user)) is verified
    if not verified:
        Client().post(link_in_mail())
        assert is_signed_in(log_in(user))


@pytest.mark.parametrize(
    ("lookup", "status"),
    [
        ("password__startswith=argon2", 400),
        ("date_joined__year=999999999999", 400),
        ("is_active__exact=1", 200),
        ("groups__id__exact=99999999999999999999", 200),
    ],
)
def test_list_takes_only_the_filters_that_it_offers(
    desk: Client, lookup: str, status: int
) -> None:
    assert desk.get(f"{USERS}?{lookup}").status_code == status


def test_sign_ins_are_shown_and_cannot_be_edited(
    desk: Client, browser: Client, user: User
) -> None:
    sign_in = SignIn.objects.get(user=user)
    assert user.email.encode() in desk.get(SIGN_INS).content
    path = f"{SIGN_INS}{sign_in.pk}/change/"
    shown = desk.get(path)
    assert shown.status_code == 200
    assert sign_in.credential_hash.encode() not in shown.content
    assert desk.post(path, {"kind": "x"}).status_code == 403
    assert desk.get(f"{SIGN_INS}add/").status_code == 403
    assert SignIn.objects.get(pk=sign_in.pk).kind == "session"


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
    assert desk.post(page, form).status_code in statuses
    assert Group.objects.get() == group


def test_malformed_id_in_the_url_of_a_page_is_no_server_error(desk: Client, staff: User) -> None:
    """D03."""
    for path in (f"{USERS}{staff.pk}/change/", f"{SIGN_INS}{staff.sign_ins.get().pk}/change/"):
        assert desk.get(path, {"_to_field": ""}).status_code == 400
        assert desk.get(path, {"_to_field": "id"}).status_code == 200
    content_type = ContentType.objects.get_for_model(User)
    for wrong in ("1", "x", "9" * 40, "00000000-0000-0000-0000-000000000000"):
        assert desk.get(f"{ADMIN}r/{content_type.pk}/{wrong}/").status_code == 404


def test_admin_view_reports_a_malformed_id_as_not_found(staff: User) -> None:
    """D03: older versions of Django raise this in a view of their own."""

    def view(_: HttpRequest) -> HttpResponse:
        raise ValidationError("not a UUID")

    request = RequestFactory().get(ADMIN)
    request.user = staff
    with pytest.raises(Http404):
        site.admin_view(view)(request)
