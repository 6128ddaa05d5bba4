"""The security contact of this service, in `security.txt` (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# Each response is valid for this long after it was sent.
_VALID_FOR = timedelta(days=90)


@login_not_required
@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def security_txt(_: HttpRequest) -> HttpResponse:
    """Return `settings.SECURITY_CONTACT` and the date until which it is valid."""
    expires = (timezone.now() + _VALID_FOR).replace(microsecond=0).isoformat()
    lines = (
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires}",
        f"Canonical: {settings.PUBLIC_BASE_URL}/.well-known/security.txt",
    )
    content = "".join(f"{line}\n" for line in lines)
    return HttpResponse(content, content_type="text/plain; charset=utf-8")
