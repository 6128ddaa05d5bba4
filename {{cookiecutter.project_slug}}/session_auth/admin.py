"""Users and their sign-ins in the admin.

Staff start a password reset for a user but never choose a password (ASVS 6.4.6).
"""

from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins, staff

_M = TypeVar("_M", bound=Model)


class CarefulAdmin(admin.ModelAdmin[_M]):
    """Takes no filter that its page does not offer, and no fault for an answer.

    Django takes any filter of a field: `password__startswith` would spell out hashes to whoever
    may see users (ASVS 8.2.3), and `email__regex=(` is an error of the database.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Return whether a filter of the page is about this field."""
        offered = lookup.partition("__")[0] in self.list_filter
        return offered and super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """List, or refuse to do something with what could not be the id of anything."""
        try:
            return super().changelist_view(request, extra_context)
        except (ValidationError, ValueError):
            message = "Invalid selection. Reload the page and try again."
            raise BadRequest(message) from None


@admin.register(User)
class UserAdmin(CarefulAdmin[User]):
    """Invites, finds, changes and shuts accounts."""

    list_display = ("email", "name", "is_active", "is_staff", "email_verified_at")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("email_verified_at", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name")}),
        (
            "Permissions",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("email_verified_at", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name")}),)
    actions = ("send_password_link", "sign_out_everywhere", "deactivate")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Ask for no more than the address and the name of a new user."""
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: ModelForm[User],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save; a new user is invited to choose a password."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            passwords.invite(obj)

    @admin.action(description="Email a password reset link", permissions=["change"])
    def send_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Start a reset for the chosen users who may have one."""
        for user in queryset.filter(is_active=True):
            self.log_change(request, user, "Emailed a password reset link.")
            passwords.invite(user)
        self.message_user(request, "The links were sent.")

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End all sign-ins of the chosen users."""
        for user in queryset:
            self.log_change(request, user, "Signed out everywhere.")
            sign_ins.revoke_all(user)
        self.message_user(request, "The selected users were signed out.")

    @admin.action(description="Deactivate", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Shut the chosen accounts."""
        for user in queryset:
            self.log_change(request, user, "Deactivated.")
            staff.deactivate(user)
        self.message_user(request, "The selected accounts were deactivated.")


@admin.register(SignIn)
class SignInAdmin(CarefulAdmin[SignIn]):
    """Shows sign-ins; there is nothing in them to edit."""

    list_display = ("user", "kind", "ip_address", "created_at", "last_used_at", "revoked_at")
    list_filter = ("kind",)
    search_fields = ("user__email", "ip_address")
    list_select_related = ("user",)
    ordering = ("-created_at",)
    exclude = ("credential_hash", "previous_credential_hash")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Sign-ins are made by signing in."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: SignIn | None = None,  # noqa: ARG002 - Django's signature
    ) -> bool:
        """Sign-ins are ended through their user."""
        return False


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(CarefulAdmin[Group], DjangoGroupAdmin):
    """Django's own."""
