"""Export of the data that the service stores about a user."""

from typing import Any, cast

from django.core import serializers

from accounts.models import SignIn, User
from accounts.signals import exporting

# Not data about the user, and of use to thieves.
_CREDENTIALS = {"password", "credential_hash", "previous_credential_hash"}


def export(user: User) -> dict[str, Any]:
    """Return what is stored about a user, for `DjangoJSONEncoder`.

    It contains the fields of the account, including those that the project adds, the sign-ins, and
    what receivers of `accounts.signals.exporting` return.

    Args:
        user: the user, who has just reauthenticated.

    Raises:
        User.DoesNotExist: the account was deleted in the meantime.
    """
    stored = User.objects.get(pk=user.pk)
    sign_ins = stored.sign_ins.order_by("created_at")
    data: dict[str, Any] = {
        "account": _fields(stored),
        "sign_ins": [_fields(row) for row in sign_ins],
    }
    for _receiver, added in exporting.send(sender=User, user=stored):
        data |= cast("dict[str, Any]", added)
    return data


def _fields(row: User | SignIn) -> dict[str, Any]:
    """Return the fields of a row, with names of related groups and permissions."""
    (found,) = serializers.serialize("python", [row], use_natural_foreign_keys=True)
    fields = {name: found["fields"][name] for name in found["fields"].keys() - _CREDENTIALS}
    return {"id": found["pk"], **dict(sorted(fields.items()))}
