import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail

from accounts.models import User
from accounts.services import authentication, signup, staff
from tests.conftest import HERE, PASSWORD

pytestmark = pytest.mark.django_db
OTHER = "a train to the mountains"


def recipients() -> list[list[str]]:
    return [message.to for message in mail.outbox]


def test_a_new_account_waits_for_its_address_to_be_confirmed() -> None:
    signup.register(HERE, "Grace@example.com", PASSWORD, "Grace")
    user = User.objects.get()
    assert (user.email, user.name, user.may_sign_in) == ("grace@example.com", "Grace", False)
    assert authentication.authenticate(user.email, PASSWORD, client=HERE) is None
    assert recipients() == [["grace@example.com"]]


def test_a_taken_address_changes_nothing_and_tells_its_owner(user: User) -> None:
    signup.register(HERE, user.email.upper(), OTHER)
    assert User.objects.get().check_password(PASSWORD)
    assert recipients() == [[user.email]]
    assert "already" in mail.outbox[0].body


def test_the_last_to_ask_for_an_unconfirmed_address_wins() -> None:
    signup.register(HERE, "grace@example.com", OTHER, "Mallory")
    signup.register(HERE, "grace@example.com", PASSWORD, "Grace")
    user = User.objects.get()
    assert (user.name, user.check_password(PASSWORD)) == ("Grace", True)
    assert len(mail.outbox) == 2


def test_an_invited_user_keeps_the_invitation() -> None:
    staff.invite("grace@example.com")
    signup.register(HERE, "grace@example.com", PASSWORD)
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("email", ["ada@example.com", "new@example.com"])
def test_free_and_taken_cost_the_same(
    user: User, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        runs.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    signup.register(HERE, email, PASSWORD)
    assert (len(runs), len(mail.outbox)) == (1, 1)
