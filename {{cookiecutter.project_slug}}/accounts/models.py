"""Models of users and their sign-ins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.contrib.auth import hashers
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import DatabaseError, models, transaction
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CanonicalEmailField
from accounts.lookups import Lookup
from accounts.managers import UserManager
from accounts.signals import password_hash_upgraded
from accounts.user_agents import describe_device

# A change of one of these fields, or of the password, revokes the sign-ins of the user.
SECURITY_FIELDS = ("email", "is_active", "is_staff", "is_superuser")
# Fields that decide who may sign in, and which links are valid.
_GUARDED_FIELDS = (
    "password",
    *SECURITY_FIELDS,
    "email_verified_at",
    "last_login",
    "reset_requested_at",
)


class User(AbstractBaseUser, PermissionsMixin):
    """A user with an account, identified by email address."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = CanonicalEmailField(
        _("email"),
        unique=True,
        error_messages={"unique": _("There is a user with this email address.")},
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Clear this instead of deleting an account.")
    )
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May use the staff tools.")
    )
    email_verified_at = models.DateTimeField(_("email verified at"), null=True, blank=True)
    # The language of emails, taken from the latest sign-in. If it is empty, emails are in the
    # language of the request that triggers them.
    language = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)
    # Covered by the signature of reset links, so that a newer link invalidates an older one.
    reset_requested_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    # The sign-in that authenticated the request. Changes made in that request do not revoke it.
    # It is an attribute of the user because receivers of `save()` get no request, and because
    # views and forms can change users without calling a service.
    current_sign_in_id: UUID | None = None
    # When the user of the request last entered the password; see `services.authentication`.
    authenticated_at: datetime | None = None
    # How a user who is about to sign in authenticated, as RFC 8176 values such as `pwd`.
    authentication_methods: Sequence[str] = ()
    # Set between `pre_save` and `post_save`.
    security_fields_changed = False
    # The values of the guarded fields when they were last loaded or saved.
    _stored: Mapping[str, Any] = MappingProxyType({})

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            # Also prevents statements that bypass Django from storing another spelling.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lowercase"
            )
        ]

    def __str__(self) -> str:
        return str(self.email)

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **options: Any,
    ) -> "User":
        user = super().from_db(db, field_names, values, **options)
        user._note_stored(_GUARDED_FIELDS)  # noqa: SLF001 - of this class
        return user

    def save(self, **kwargs: Any) -> None:
        """Save the user. Write a guarded field only if this instance has changed it.

        Otherwise, a form that saves a user loaded earlier could restore a password or reactivate
        an account that another request has changed in the meantime.

        Args:
            **kwargs: the arguments of `Model.save()`.

        Raises:
            User.DoesNotExist: the account was deleted after this user was loaded.
        """
        stored = not self._state.adding
        if kwargs.get("update_fields") is None and stored:
            kwargs["update_fields"] = self._fields_to_save()
        try:
            with transaction.atomic():
                super().save(**kwargs)
        except DatabaseError:
            if stored and not User.objects.filter(pk=self.pk).exists():
                raise User.DoesNotExist from None
            raise
        self._note_stored(kwargs.get("update_fields") or _GUARDED_FIELDS)

    def _fields_to_save(self) -> list[str]:
        deferred = self.get_deferred_fields()
        unchanged = {name for name in self._stored if getattr(self, name) == self._stored[name]}
        fields = [field for field in self._meta.concrete_fields if not field.primary_key]
        return [
            field.name
            for field in fields
            if field.attname not in deferred and field.name not in unchanged
        ]

    def _note_stored(self, names: Iterable[str]) -> None:
        loaded = {name: self.__dict__[name] for name in names if name in self.__dict__}
        guarded = {name: loaded[name] for name in _GUARDED_FIELDS if name in loaded}
        self._stored = {**self._stored, **guarded}

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet["User"] | None = None,
    ) -> None:
        deferred = self.get_deferred_fields()
        if fields is None or not deferred.issuperset(fields) or type(self) is not User:
            super().refresh_from_db(using, fields, from_queryset)
            self._note_stored(_GUARDED_FIELDS if fields is None else fields)
            return
        # If a deferred field is requested, load all of them in the same query.
        stored = _USERS.find(self.pk)
        if stored is None:
            raise User.DoesNotExist
        for name in deferred:
            setattr(self, name, getattr(stored, name))
        self._note_stored(deferred)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def validate_other_constraints(self) -> None:
        """Check unique fields and constraints, except those on the email address.

        Raises:
            ValidationError: another account has the same value; one message for each field.
        """
        checked_elsewhere = {"id", "email", "password"}
        self.validate_unique(checked_elsewhere)
        self.validate_constraints(checked_elsewhere)

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether `raw_password` is correct, and upgrade its hash if the hasher changed.

        An upgrade is not a change of the password, so it revokes no sign-ins. It replaces only the
        hash that was checked, so it does not undo a concurrent change of the password.
        """
        stored = self.password
        if not hashers.check_password(raw_password, stored, setter=self.set_password):
            return False
        # Otherwise Django would treat it as a new password when the user is saved.
        self._password = None
        if self.password == stored or self._state.adding:
            return True
        # Not `objects`, whose update would revoke the sign-ins.
        rows: models.QuerySet[User] = models.QuerySet(User).filter(pk=self.pk)
        with transaction.atomic():
            if rows.filter(password=stored).update(password=self.password):
                password_hash_upgraded.send(sender=User, user=self, previous_hash=stored)
                return True
        self.password = rows.values_list("password", flat=True).first() or ""
        return self.check_password(raw_password)

    async def acheck_password(self, raw_password: str | None) -> bool:
        return await sync_to_async(self.check_password)(raw_password)

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is active and its email address confirmed (ASVS 6.4.1)."""
        return self.is_active and self.email_verified_at is not None


_USERS = Lookup(User)


class SignInQuerySet(models.QuerySet["SignIn"]):
    """QuerySet that revokes sign-ins before it deletes them."""

    def delete(self) -> tuple[int, dict[str, int]]:
        from accounts.services import sign_ins  # noqa: PLC0415 - services import models

        sign_ins.revoke(self.filter(revoked_at=None, ends_at__gt=timezone.now()))
        return super().delete()


class SignIn(models.Model):
    """One authenticated browser, app or script of a user, until it signs out or expires."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="sign_ins"
    )
    kind = models.CharField(_("kind"), max_length=16)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), default=timezone.now)
    idle_ends_at = models.DateTimeField(_("ends without use at"))
    ends_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    ip_address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=256, blank=True)
    # Only hashes, so that a leaked table contains no usable credentials (ASVS 6.5.2).
    credential_hash = models.CharField(max_length=64)
    previous_credential_hash = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(_("rotated at"), null=True, blank=True)
    # How the user authenticated (RFC 8176 values, separated by spaces), and when they last did.
    methods = models.CharField(_("methods"), max_length=64, blank=True, default="", db_default="")
    authenticated_at = models.DateTimeField(
        _("authenticated at"), default=timezone.now, db_default=Now()
    )

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["credential_hash"], name="sign_in_credential_unique"),
            models.CheckConstraint(
                condition=models.Q(idle_ends_at__lte=models.F("ends_at")),
                name="sign_in_idle_within_absolute",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["idle_ends_at"], name="sign_in_idle_ends_at")]

    def __str__(self) -> str:
        return _("%(kind)s sign-in %(id)s") % {"kind": self.kind, "id": self.id}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        # Django collects dependent rows before it deletes any. A revoked sign-in gets no new ones.
        from accounts.services import sign_ins  # noqa: PLC0415 - services import models

        if self.ends_at > timezone.now():
            sign_ins.revoke([self])
        return super().delete(*args, **kwargs)

    @property
    def device(self) -> str:
        """A description of the device, such as `Firefox on Linux`."""
        return describe_device(self.user_agent)
