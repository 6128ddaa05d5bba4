"""The kinds of second factors. An app that adds one extends both collections in `ready()`."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models import Value

from accounts.models import User
from accounts.second_factor import codes
from accounts.second_factor.models import Authenticator

# The maximum length of what users enter or send as a code.
MAX_LENGTH = 8192
# The models of second factors, with a foreign key `user`, by the names that clients get.
MODELS: dict[str, type[models.Model]] = {"code": Authenticator}
# Functions that use up a code of a user, and return the methods (RFC 8176 values) that it proves;
# they are empty if the code is not valid. The first that returns some decides.
CHECKS: list[Callable[[User, str], Sequence[str]]] = [codes.use_app_code, codes.use_recovery_code]
# A sign-in with one of these methods has used a second factor.
METHODS = {"otp", "hwk"}


def kinds_of(user: User) -> list[str]:
    """Return the kinds of second factors that a user has, in the order of `MODELS`."""
    first, *others = (_rows(model, user, kind) for kind, model in MODELS.items())
    # One statement, which removes duplicates.
    found = {kind for (kind,) in first.union(*others)}
    return [kind for kind in MODELS if kind in found]


def delete(user: User) -> bool:
    """Delete all second factors of a user, and return whether there was one."""
    deleted = [_objects(model).filter(user=user).delete()[0] for model in MODELS.values()]
    return any(deleted)


def _rows(model: type[models.Model], user: User, kind: str) -> Any:
    return _objects(model).filter(user=user).values_list(Value(kind))


def _objects(model: type[models.Model]) -> Any:
    return model._default_manager  # noqa: SLF001 - Django's documented name
