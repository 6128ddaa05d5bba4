"""Admin pages for users, groups and sign-ins.

Staff start a password reset for a user but never choose a password (ASVS 6.4.6). Only superusers
grant permissions, and `may_manage` decides which accounts other staff can change.
"""

from typing import Any, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins, staff

_M = TypeVar("_M", bound=Model)
_PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class StrictModelAdmin(admin.ModelAdmin[_M]):
    """Base class that accepts only the filters of its page and rejects malformed IDs.

    Django accepts any lookup on the model's fields. `password__startswith` would reveal password
    hashes to staff who may view users (ASVS 8.2.3), and `email__regex=(` causes a database error.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        field, _, rest = lookup.partition("__")
        offered = field in self.list_filter and rest in {"", "exact", "id__exact", "isnull"}
        return offered and super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except (ValidationError, ValueError):
            message = "Invalid selection. Reload the page and try again."
            raise BadRequest(message) from None


class UserForm(forms.ModelForm[User]):
    """User form with a checkbox for an email address that staff have verified."""

    email_is_verified = forms.BooleanField(
        label=_("The new email address is verified"),
        required=False,
        help_text=_(
            "Otherwise, the user cannot sign in until they follow the link that we send to the "
            "new address."
        ),
    )


@admin.register(User)
class UserAdmin(StrictModelAdmin[User]):
    """Admin of users: invite, search, change and deactivate."""

    list_display = ("email", "name", "is_active", "is_staff", "email_verified_at")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("email_verified_at", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name")}),
        (
            _("Permissions"),
            {"fields": ("is_active", *_PERMISSION_FIELDS)},
        ),
        (_("Dates"), {"fields": ("email_verified_at", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name")}),)
    form = UserForm
    actions = ("send_password_link", "sign_out_everywhere", "deactivate")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets
        return ((None, {"fields": ("email", "email_is_verified", "name")}), *fieldsets[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *_PERMISSION_FIELDS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_manage(request, obj)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: ModelForm[User],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save the user, and invite a new user or start the change of an email address."""
        email = obj.email
        if change:
            obj.email = form.initial["email"]
        else:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            passwords.invite(obj)
        elif email != obj.email:
            staff.change_email(obj, email, verified=form.cleaned_data["email_is_verified"])

    @admin.action(description=_("Email a password reset link"), permissions=["change"])
    def send_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Email a password reset link to the selected active users."""
        for user in self._changeable(request, queryset.filter(is_active=True)):
            self.log_change(request, user, gettext("Emailed a password reset link."))
            passwords.invite(user)
        self.message_user(request, _("The password reset links were sent."))

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Revoke all sign-ins of the selected users."""
        for user in self._changeable(request, queryset):
            self.log_change(request, user, gettext("Signed out everywhere."))
            sign_ins.revoke_all(user)
        self.message_user(request, _("The selected users were signed out."))

    @admin.action(description=_("Deactivate"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Deactivate the selected accounts."""
        for user in self._changeable(request, queryset):
            self.log_change(request, user, gettext("Deactivated."))
            staff.deactivate(user)
        self.message_user(request, _("The selected accounts were deactivated."))

    def _changeable(self, request: HttpRequest, users: QuerySet[User]) -> list[User]:
        changeable = [user for user in users if self.has_change_permission(request, user)]
        if others := sorted(str(user) for user in set(users) - set(changeable)):
            names = ", ".join(others)
            message = _("Not changed, because they have permissions that you lack: %(names)s.")
            self.message_user(request, message % {"names": names}, messages.ERROR)
        return changeable


@admin.register(SignIn)
class SignInAdmin(StrictModelAdmin[SignIn]):
    """Read-only admin of sign-ins, which start when users sign in and end through their user."""

    list_display = ("user", "kind", "ip_address", "created_at", "last_used_at", "revoked_at")
    list_filter = ("kind",)
    search_fields = ("user__email", "ip_address")
    list_select_related = ("user",)
    ordering = ("-created_at",)
    exclude = ("credential_hash", "previous_credential_hash")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: SignIn | None = None,  # noqa: ARG002 - Django's signature
    ) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SignIn | None = None) -> bool:
        user = None if obj is None else obj.user
        return super().has_delete_permission(request, obj) and _may_manage(request, user)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(StrictModelAdmin[Group], DjangoGroupAdmin):
    """Admin of groups, which only superusers may change.

    Otherwise, staff could add permissions to a group that they belong to.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(
        self,
        request: HttpRequest,
        obj: Group | None = None,  # noqa: ARG002 - Django's signature
    ) -> bool:
        return request.user.is_superuser

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: Group | None = None,  # noqa: ARG002 - Django's signature
    ) -> bool:
        return request.user.is_superuser


def may_manage(manager: User, user: User) -> bool:
    """Return whether a staff member may change, sign out or delete the account of `user`.

    Superusers manage all accounts. Other staff manage accounts whose permissions they have
    themselves: with the email address of another account, they could take it over (ASVS 8.2.1).
    The permissions of a deactivated account count, because activation restores them.
    """
    if manager.is_superuser or user.is_superuser:
        return manager.is_superuser
    granted = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    names = granted.values_list("content_type__app_label", "codename")
    return manager.has_perms([f"{app}.{name}" for app, name in names])


def _may_manage(request: HttpRequest, user: User | None) -> bool:
    return user is None or may_manage(cast("User", request.user), user)
