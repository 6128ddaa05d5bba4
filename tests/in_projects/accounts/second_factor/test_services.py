"""The services that pages and endpoints call, one by one."""

from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.second_factor import gate, services
from accounts.services import sign_ins
from tests.accounts.conftest import KIND, receivers
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    log_in,
    ticket_of,
    verify,
    wrong,
)
from tests.conftest import HERE


def test_enrollment_ends_the_other_sign_ins_and_notifies(user: User) -> None:
    """M16."""
    user.authentication_methods = ["pwd"]
    sign_ins.start(user, KIND, "other", client=HERE)
    kept = sign_ins.start(user, KIND, "kept", client=HERE)
    user.current_sign_in_id = kept.pk

    codes = App(user).recovery_codes

    assert len(set(codes)) == 10
    assert [sign_in.methods for sign_in in sign_ins.live(user)] == ["pwd otp"]
    assert sign_ins.live(user).get() == kept
    assert receivers() == [user.email]
    assert set(services.status(user)[:3]) == {True, False, 10}


def test_user_of_a_ticket_signs_in_by_setting_up_an_app(user: User, settings: Settings) -> None:
    """M15; of two tickets, the first one wins."""
    settings.SECOND_FACTOR_REQUIRED = "all"
    ticket, other = ticket_of(user), ticket_of(user)
    found, late = (gate.user_of_ticket(each, enroll=True) for each in (ticket, other))
    state = services.begin_enrollment(late, client=HERE).state
    App(found)
    assert code_of_error(services.finish_enrollment, late, state, "1") == "invalid_enrollment"
    assert code_of_error(gate.user_of_ticket, other, enroll=True) == "invalid_ticket"

    assert sign_ins.start(found, KIND, "x", client=HERE).methods == "pwd otp"


def test_recovery_codes_are_replaced_with_a_code(user: User, app: App) -> None:
    replace = services.new_recovery_codes
    assert code_of_error(replace, user, wrong(app.code()), client=HERE) == INVALID
    codes = replace(user, app.code(), client=HERE)
    assert verify(ticket_of(user), app.recovery_codes[0]) == INVALID
    assert verify(ticket_of(user), codes[0]) == ""


def test_second_factor_is_removed_with_a_code_if_the_policy_allows_it(
    user: User, app: App, settings: Settings
) -> None:
    """M09."""
    remove = services.remove
    settings.SECOND_FACTOR_REQUIRED = "all"
    assert code_of_error(remove, user, app.code(), client=HERE) == "second_factor_must_stay"
    settings.SECOND_FACTOR_REQUIRED = "nobody"
    assert code_of_error(remove, user, wrong(app.code()), client=HERE) == INVALID
    assert log_in(user)

    remove(user, app.code(), client=HERE)

    assert log_in(user) is None
    assert code_of_error(remove, user, app.code(), client=HERE) == "no_second_factor"
    assert services.status(user) == (False, False, 0, ())


def test_sign_in_takes_at_most_one_more_query(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        gate.hold(user, ["pwd"], final=True)
    with django_assert_num_queries(0):
        gate.hold(user, ["pwd"], final=False)
        gate.hold(user, ["pwd", "otp"], final=True)
