"""No operation reads a whole table, however many users and sign-ins there are."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import authentication, deletion, export, passwords, sign_ins
from tests.accounts.conftest import Start
from tests.accounts.plans import fill, only_index_scans
from tests.conftest import HERE, PASSWORD

pytestmark = pytest.mark.postgresql


def test_no_operation_reads_a_whole_table(user: User, start: Start) -> None:
    """A11, C05: sign-in, list, revocation, reset, export and deletion."""
    fill()
    first = start(user, "first")
    with only_index_scans(minimum=20):
        authentication.authenticate(user.email, PASSWORD, client=HERE)
        second = start(User.objects.get(pk=user.pk))
        sign_ins.rotate(first.pk, user.pk, presented="first", replacements=["next"])
        sign_ins.note_use(second)
        assert len(sign_ins.live(user)) == 2
        assert sign_ins.revoke_one(user, first.pk)
        sign_ins.revoke_all(user)
        passwords.request_reset(user.email, client=HERE)
        passwords.reset(User.objects.get(pk=user.pk), "a new long sentence", client=HERE)
        export.export(user)
        deletion.delete(user)


def test_clean_up_finds_ended_sign_ins_by_an_index(user: User) -> None:
    """A11: those of a kind without limits are searched once."""
    rows = fill()
    long_ago = timezone.now() - timedelta(days=60)
    ended = SignIn.objects.filter(pk__in=[row.pk for row in rows[:5]])
    ended.update(idle_ends_at=long_ago, ends_at=long_ago)
    SignIn.objects.filter(pk=rows[5].pk).update(revoked_at=long_ago, idle_ends_at=long_ago)

    with only_index_scans(minimum=4, but=['WHERE NOT ("accounts_signin"."kind" IN']):
        call_command("clean_up", stdout=StringIO())

    assert SignIn.objects.count() == len(rows) - 6
