"""Template tag for the pages that take a code or a passkey."""

from typing import Any

from django import template

from accounts.second_factor import factors
from session_auth.second_factor.passkeys.views import user_of

register = template.Library()


@register.simple_tag(takes_context=True)
def second_factors(context: dict[str, Any]) -> list[str]:
    """Return the kinds of second factors of the user of a page, such as `code`."""
    return factors.kinds_of(user_of(context["request"]))
