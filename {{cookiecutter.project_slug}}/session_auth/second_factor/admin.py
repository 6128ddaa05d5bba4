"""Admin of users, with an action for those who have lost their second factor."""

from contextlib import suppress
from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import services
from accounts.second_factor.errors import SecondFactorError
from session_auth.admin import UserAdmin

admin.site.unregister(User)


@admin.register(User)
class SecondFactorUserAdmin(UserAdmin):
    """Admin of users that also resets second factors."""

    actions = (*UserAdmin.actions, "reset_second_factor")  # type: ignore[assignment]  # one more

    @admin.action(description=_("Reset the second factor"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Remove the second factor of the selected users; staff cannot remove their own here."""
        users = queryset.exclude(pk=cast("User", request.user).pk)
        for user in self._changeable(request, users):
            with suppress(SecondFactorError):  # there is none
                if due_at := services.reset(user):
                    text = _("%(user)s was notified. Reset the second factor after %(time)s.")
                    values = {
                        "user": user,
                        "time": date_format(localtime(due_at), "DATETIME_FORMAT"),
                    }
                    self.message_user(request, text % values, messages.WARNING)
                else:
                    self.message_user(request, _("The second factor of %s was reset.") % user)
                self.log_change(request, user, gettext("Reset the second factor."))
