"""IDs in URLs of the admin that are no IDs."""

from django.contrib.contenttypes.models import ContentType
from django.test import Client

from accounts.models import User
from tests.session_auth.conftest import ADMIN, SIGN_INS, USERS


def test_malformed_id_in_the_url_of_a_page_is_no_server_error(desk: Client, staff: User) -> None:
    """D03."""
    for path in (f"{USERS}{staff.pk}/change/", f"{SIGN_INS}{staff.sign_ins.get().pk}/change/"):
        assert desk.get(path, {"_to_field": ""}).status_code == 400
        assert desk.get(path, {"_to_field": "id"}).status_code == 200
    content_type = ContentType.objects.get_for_model(User)
    for wrong in ("1", "x", "9" * 40, "00000000-0000-0000-0000-000000000000"):
        assert desk.get(f"{ADMIN}r/{content_type.pk}/{wrong}/").status_code == 404
