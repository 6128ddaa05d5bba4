"""IDs and filters of the admin that are none."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import User
from tests.session_auth.conftest import ADMIN, GROUPS, SIGN_INS, USERS


def test_malformed_id_in_the_url_of_a_page_is_no_server_error(desk: Client, staff: User) -> None:
    """D03."""
    for path in (f"{USERS}{staff.pk}/change/", f"{SIGN_INS}{staff.sign_ins.get().pk}/change/"):
        assert desk.get(path, {"_to_field": ""}).status_code == 400
        assert desk.get(path, {"_to_field": "id"}).status_code == 200
    content_type = ContentType.objects.get_for_model(User)
    for wrong in ("1", "x", "9" * 40, "00000000-0000-0000-0000-000000000000"):
        assert desk.get(f"{ADMIN}r/{content_type.pk}/{wrong}/").status_code == 404


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


@pytest.mark.parametrize(
    ("page", "selected"),
    [(USERS, "9"), (USERS, "\x00"), (GROUPS, "x"), (GROUPS, "9" * 40)],
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
