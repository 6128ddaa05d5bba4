"""Receivers that revoke sign-ins when users or sign-ins are changed anywhere in the code."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils import timezone

from accounts.fields import canonical_email
from accounts.models import SECURITY_FIELDS, SignIn, User
from accounts.services import sign_ins
from monitoring import security_log


def record_changed_security_fields(
    instance: User, update_fields: Collection[str] | None, **_: Any
) -> None:
    """Record on `instance` whether saving it changes the password or a security field."""
    compared = ("password", *SECURITY_FIELDS)
    saved = [name for name in compared if update_fields is None or name in update_fields]
    instance.email = canonical_email(instance.email) if "email" in saved else instance.email
    before = User.objects.filter(pk=instance.pk).values(*saved).first() if saved else None
    instance.security_fields_changed = before is not None and any(
        getattr(instance, name) != value for name, value in before.items()
    )


def revoke_sign_ins(instance: User, created: bool, **_: Any) -> None:  # noqa: FBT001 - Django's signature
    """Revoke the sign-ins of a user whose role, email or password changed (ASVS 7.4.2, 7.4.3)."""
    if not created and instance.security_fields_changed:
        security_log.record("account_changed", instance.pk)
        sign_ins.revoke_all(instance, keep=instance.current_sign_in_id)


def revoke_sign_ins_of_deleted_user(instance: User, **_: Any) -> None:
    """Revoke all sign-ins of a user before the account is deleted.

    Django has already collected the rows to delete. The lock prevents new sign-ins, and those that
    were started since are deleted here.
    """
    User.objects.select_for_update().filter(pk=instance.pk).first()
    security_log.record("account_deleted", instance.pk)
    sign_ins.revoke_all(instance)
    instance.sign_ins.all().delete()


def revoke_deleted_sign_in(instance: SignIn, origin: Model | QuerySet[Any], **_: Any) -> None:
    """Revoke a sign-in that is deleted, except with its user, which revokes all of them."""
    deleted_with_user = isinstance(origin, User) or (
        isinstance(origin, QuerySet) and issubclass(origin.model, User)
    )
    if not deleted_with_user and instance.ends_at > timezone.now():
        sign_ins.revoke([instance])


def connect(model: type[Model]) -> None:
    """Connect the receivers if `model` is the user, the sign-in, or a proxy or child of one."""
    if issubclass(model, User):
        pre_save.connect(record_changed_security_fields, sender=model)
        post_save.connect(revoke_sign_ins, sender=model)
        pre_delete.connect(revoke_sign_ins_of_deleted_user, sender=model)
    if issubclass(model, SignIn):
        pre_delete.connect(revoke_deleted_sign_in, sender=model)


# Django sends signals only for the exact class that is saved or deleted.
for each in apps.get_models():
    connect(each)
