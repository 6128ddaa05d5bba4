"""The tie between a browser's session and its sign-in."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils import timezone

from accounts.client import client_of
from accounts.models import SignIn, User
from accounts.services import sign_ins

_KEY = "sign_in"
# Writing at every request would cost more than it tells.
_NOTED_EVERY = timedelta(minutes=1)


def sign_in_id(request: HttpRequest) -> UUID | None:
    """Return the id of the sign-in that this request's session belongs to."""
    found = request.session.get(_KEY)
    return UUID(found) if found else None


def begin(request: HttpRequest, user: User) -> None:
    """Give a user who has just signed in a new session key and a sign-in of its own.

    The key changes on every sign-in, also when the same user signs in again (ASVS 7.2.4).
    """
    end(request)
    if request.session.session_key == request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        request.session.cycle_key()
    sign_in = sign_ins.start(user, "session", client_of(request), _credential(request))
    request.session[_KEY] = str(sign_in.pk)


def goes_on(request: HttpRequest) -> bool:
    """Return whether this session's sign-in is still good, and note that it was used."""
    found = sign_in_id(request)
    sign_in = sign_ins.find_live(found) if found else None
    if sign_in is None or not sign_ins.holds(sign_in, _credential(request)):
        return False
    now = timezone.now()
    if now - sign_in.last_used_at >= _NOTED_EVERY:
        idle_ends_at = min(now + settings.SIGN_IN_LIMITS["session"]["idle"], sign_in.ends_at)
        SignIn.objects.filter(pk=sign_in.pk).update(last_used_at=now, idle_ends_at=idle_ends_at)
        request.session.modified = True
    return True


def renew(request: HttpRequest, user: User) -> None:
    """Change the key of a session whose user has just changed the password."""
    before = _credential(request)
    update_session_auth_hash(request, user)
    found = UUID(request.session[_KEY])
    sign_ins.rotate(found, presented=before, replacement=_credential(request))


def end(request: HttpRequest) -> None:
    """End the sign-in of this session, if it has one."""
    found = sign_in_id(request)
    if found:
        sign_ins.revoke(SignIn.objects.filter(pk=found))


def _credential(request: HttpRequest) -> str:
    return request.session.session_key or ""
