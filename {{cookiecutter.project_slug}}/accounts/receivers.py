"""What follows from a change of a user, wherever in the code it was made."""

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver

from accounts.fields import canonical_email
from accounts.models import SECURITY_FIELDS, User
from accounts.services import sign_ins
from monitoring import security_log


@receiver(pre_save, sender=User)
def note_changed_security_fields(
    instance: User, update_fields: Collection[str] | None, **_: Any
) -> None:
    """Compare with the row that is about to be overwritten."""
    saved = [name for name in SECURITY_FIELDS if update_fields is None or name in update_fields]
    instance.email = canonical_email(instance.email) if "email" in saved else instance.email
    before = User.objects.filter(pk=instance.pk).values(*saved).first() if saved else None
    instance.security_fields_changed = before is not None and any(
        getattr(instance, name) != value for name, value in before.items()
    )


@receiver(post_save, sender=User)
def end_sign_ins(instance: User, created: bool, **_: Any) -> None:  # noqa: FBT001 - Django's signature
    """End the sign-ins of a user whose role, address or password is another (ASVS 7.4.2, 7.4.3).

    Django keeps a new password until the row is saved, which tells it from a new hash of the same.
    """
    password_changed = getattr(instance, "_password", None) is not None
    if not created and (instance.security_fields_changed or password_changed):
        security_log.record("account_changed", instance.pk)
        sign_ins.revoke_all(instance, keep=instance.current_sign_in_id)


@receiver(pre_delete, sender=User)
def end_sign_ins_of_deleted(instance: User, **_: Any) -> None:
    """A deleted user is signed out everywhere before the rows that say so are gone."""
    security_log.record("account_deleted", instance.pk)
    sign_ins.revoke_all(instance)
