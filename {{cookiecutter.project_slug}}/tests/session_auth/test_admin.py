from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

ADMIN = f"/{settings.ADMIN_URL}"


@pytest.fixture
def desk(staff: User, sign_in: SignInBrowser) -> Client:
    """A browser in which staff is signed in."""
    return sign_in(staff)


def test_only_staff_gets_in(desk: Client, browser: Client) -> None:
    assert desk.get(ADMIN).status_code == 200
    assert browser.get(ADMIN).status_code == 403
    assert b"Administration" in desk.get("/").content


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("login/?next=/x/", "/accounts/login/?next=/x/"),
        ("password_change/", "/accounts/password_change/"),
    ],
)
def test_staff_uses_the_same_pages_as_everybody(desk: Client, page: str, target: str) -> None:
    assert desk.get(ADMIN + page)["Location"] == target


def test_a_new_user_is_invited_to_choose_a_password(desk: Client) -> None:
    form = {"email": "Grace@example.com", "name": "Grace"}
    assert b'name="password' not in desk.get(f"{ADMIN}accounts/user/add/").content
    assert desk.post(f"{ADMIN}accounts/user/add/", form).status_code == 302
    grace = User.objects.get(email="grace@example.com")
    assert not grace.has_usable_password()
    assert [message.to for message in mail.outbox] == [["grace@example.com"]]


def test_a_taken_address_is_refused(desk: Client, user: User) -> None:
    form = {"email": user.email.upper(), "name": ""}
    response = desk.post(f"{ADMIN}accounts/user/add/", form)
    assert b"There is a user with this email address." in response.content


def test_staff_changes_an_account_but_never_its_password(desk: Client, user: User) -> None:
    path = f"{ADMIN}accounts/user/{user.pk}/change/"
    assert b'name="password' not in desk.get(path).content
    form = {"email": user.email, "name": "Augusta", "is_active": "on", "password": "x"}
    assert desk.post(path, form).status_code == 302
    user.refresh_from_db()
    assert user.name == "Augusta"
    assert user.check_password(PASSWORD)
    assert mail.outbox == []


def act(desk: Client, action: str, *users: User) -> None:
    form = {"action": action, "_selected_action": [str(user.pk) for user in users]}
    assert desk.post(f"{ADMIN}accounts/user/", form).status_code == 302


def test_a_deactivated_user_is_out_at_once(desk: Client, browser: Client, user: User) -> None:
    act(desk, "deactivate", user)
    assert not is_signed_in(browser)
    user.refresh_from_db()
    assert not user.is_active


def test_a_user_can_be_signed_out_everywhere(desk: Client, browser: Client, user: User) -> None:
    act(desk, "sign_out_everywhere", user)
    assert not is_signed_in(browser)
    assert is_signed_in(desk)


def test_a_user_can_be_sent_a_link(desk: Client, user: User) -> None:
    act(desk, "send_password_link", user)
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("accounts/user/", "password__startswith=argon2"),
        ("accounts/user/", "email__regex=("),
        ("accounts/user/", "groups__id__in=99999999999999999999"),
        ("accounts/user/", "date_joined__year=999999999999"),
        ("accounts/signin/", "credential_hash__startswith=a"),
        ("accounts/signin/", "user__password__startswith=argon2"),
        ("auth/group/", "name__regex=("),
    ],
)
def test_a_list_takes_no_filter_that_it_does_not_offer(
    desk: Client, page: str, lookup: str
) -> None:
    assert desk.get(f"{ADMIN}{page}?{lookup}").status_code == 400


@pytest.mark.parametrize(
    ("page", "lookup"),
    [
        ("accounts/user/", "is_active__exact=1"),
        ("accounts/user/", "groups__id__exact=1"),
        ("accounts/user/", "groups__id__exact=99999999999999999999"),
        ("accounts/user/", "groups__isnull=True"),
        ("accounts/user/", "q=ada"),
        ("accounts/signin/", "kind=session"),
        ("auth/group/", "o=-1"),
    ],
)
def test_a_list_takes_the_filters_that_it_offers(desk: Client, page: str, lookup: str) -> None:
    assert desk.get(f"{ADMIN}{page}?{lookup}").status_code == 200


@pytest.mark.parametrize(
    ("page", "chosen"),
    [("accounts/user/", "9"), ("accounts/user/", "\x00"), ("auth/group/", "x")],
)
def test_what_is_no_id_cannot_be_chosen(desk: Client, page: str, chosen: str) -> None:
    form = {"action": "delete_selected", "_selected_action": chosen}
    assert desk.post(ADMIN + page, form).status_code == 400


def test_selecting_an_id_beyond_the_range_of_the_database_selects_nothing(desk: Client) -> None:
    """D03: SQLite takes no such number, PostgreSQL finds nothing."""
    group = Group.objects.create(name="kept")
    form = {"action": "delete_selected", "_selected_action": "9" * 40, "post": "yes"}
    assert desk.post(f"{ADMIN}auth/group/", form).status_code in {302, 400}
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
    (sign_in,) = sign_ins.live(user)
    listed = desk.get(f"{ADMIN}accounts/signin/")
    assert user.email.encode() in listed.content
    path = f"{ADMIN}accounts/signin/{sign_in.pk}/change/"
    shown = desk.get(path)
    assert shown.status_code == 200
    assert sign_in.credential_hash.encode() not in shown.content
    assert desk.post(path, {"kind": "x"}).status_code == 403
    assert desk.get(f"{ADMIN}accounts/signin/add/").status_code == 403
    assert SignIn.objects.get(pk=sign_in.pk).kind == "session"


@pytest.mark.parametrize("object_id", ["1", "x", "9" * 40, "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("model", [User, SignIn, Group])
def test_page_on_site_of_an_id_that_cannot_exist_is_not_found(
    desk: Client, model: type[Model], object_id: str
) -> None:
    """D03: Django reports an invalid UUID as an error."""
    content_type = ContentType.objects.get_for_model(model)

    assert desk.get(f"{ADMIN}r/{content_type.pk}/{object_id}/").status_code == 404


@pytest.mark.parametrize("page", ["", "accounts/user/", "accounts/user/add/", "nothing/here/"])
@pytest.mark.parametrize("method", ["get", "post"])
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


@pytest.mark.parametrize("page", ["", "accounts/user/"])
def test_admin_sends_visitors_to_sign_in(page: str, db: None) -> None:
    response = Client().get(ADMIN + page, follow=True)

    assert unquote(response.redirect_chain[-1][0]) == f"/accounts/login/?next={ADMIN}{page}"
    assert 'name="password"' in response.content.decode()


def test_admin_view_reports_a_malformed_id_as_not_found(staff: User) -> None:
    """D03: older versions of Django raise this in a view of their own."""

    def view(_: HttpRequest) -> HttpResponse:
        raise ValidationError("not a UUID")

    request = RequestFactory().get(ADMIN)
    request.user = staff
    with pytest.raises(Http404):
        site.admin_view(view)(request)
