"""What follows from a change of a user, wherever in the code it was made."""

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from accounts.models import User
from accounts.services import sign_ins


@receiver(post_save, sender=User)
def end_sign_ins_of_inactive(instance: User, **_: Any) -> None:
    """A deactivated user is signed out everywhere at once (ASVS 7.4.2)."""
    if not instance.is_active:
        sign_ins.revoke_all(instance)


@receiver(pre_delete, sender=User)
def end_sign_ins_of_deleted(instance: User, **_: Any) -> None:
    """A deleted user is signed out everywhere before the rows that say so are gone."""
    sign_ins.revoke_all(instance)
