"""The tie between a browser's session and its sign-in."""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.cleanup import delete_in_batches
from session_auth.models import BrowserSession
from web.client_info import get_client_info

_KEY = "sign_in"
# Writing at every request would cost more than it tells.
_NOTED_EVERY = timedelta(minutes=1)


def current_sign_in_id(request: HttpRequest) -> UUID | None:
    """Return the id of the sign-in that this request's session belongs to."""
    found = request.session.get(_KEY)
    return UUID(found) if found else None


def begin(request: HttpRequest, user: User) -> None:
    """Give a user who has just signed in a new session key and a sign-in of its own.

    The key changes on every sign-in, also when the same user signs in again (ASVS 7.2.4), and
    the sign-in that the browser had before ends, whoever's it was.
    """
    presented = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if request.session.session_key == presented:
        request.session.cycle_key()
    sign_ins.revoke(SignIn.objects.filter(browser_session__session_key=presented))
    sign_in = sign_ins.start(user, "session", get_client_info(request), _credential(request))
    BrowserSession.objects.create(sign_in=sign_in, session_key=_credential(request))
    request.session[_KEY] = str(sign_in.pk)


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return whose session this is, and note that it was used; a session that ended is dropped.

    One query answers who it is and whether the sign-in goes on (ASVS 7.3.1, 7.3.2, 7.4.1).
    """
    found = current_sign_in_id(request)
    if found is None:
        return AnonymousUser()
    sign_in = sign_ins.find_live(found)
    if (
        sign_in is None
        or not sign_ins.holds(sign_in, _credential(request))
        or not _is_of_this_password(request, sign_in.user)
    ):
        request.session.flush()
        return AnonymousUser()
    if timezone.now() - sign_in.last_used_at >= _NOTED_EVERY:
        sign_ins.note_use(sign_in)
        request.session.modified = True
    sign_in.user.current_sign_in_id = sign_in.pk
    return sign_in.user


def renew(request: HttpRequest, user: User) -> None:
    """Change the key of a session whose user has just shown the password again, or changed it.

    Where the sign-in was ended from elsewhere meanwhile, the session ends.
    """
    before, found = _credential(request), UUID(request.session[_KEY])
    update_session_auth_hash(request, user)
    try:
        sign_ins.rotate(found, presented=before, replacement=_credential(request))
    except sign_ins.SignInEndedError:
        request.session.flush()
        return
    BrowserSession.objects.filter(pk=found).update(session_key=_credential(request))


def end(request: HttpRequest) -> None:
    """End the sign-in of this session, if it has one."""
    found = current_sign_in_id(request)
    if found:
        sign_ins.revoke(SignIn.objects.filter(pk=found))


def delete_of(ended: Iterable[SignIn]) -> None:
    """Delete the sessions of sign-ins that have ended, whichever backend holds them."""
    ids = [sign_in.pk for sign_in in ended if sign_in.kind == "session"]
    engine = import_module(settings.SESSION_ENGINE)
    for found in BrowserSession.objects.filter(pk__in=ids):
        engine.SessionStore(found.session_key).delete()


def delete_expired(batch: int) -> int:
    """Delete the sessions that have run out, and return how many they were.

    Args:
        batch: how many rows to delete at a time at most.
    """
    model = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    return delete_in_batches(model.objects.filter(expire_date__lt=timezone.now()), batch)


def _credential(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _is_of_this_password(request: HttpRequest, user: User) -> bool:
    """Return whether the session was made with the password that the user has now.

    One that is signed with an earlier `SECRET_KEY` goes on under the present one.
    """
    found = request.session.get(HASH_SESSION_KEY, "")
    if constant_time_compare(found, user.get_session_auth_hash()):
        return True
    for earlier in user.get_session_auth_fallback_hash():
        if constant_time_compare(found, earlier):
            request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            return True
    return False
