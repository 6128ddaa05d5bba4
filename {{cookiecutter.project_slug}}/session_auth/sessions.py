"""The tie between a browser's session and its sign-in."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.cache import caches
from django.db import transaction
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
    """Return the ID of the sign-in that this request's session belongs to."""
    return _sign_in_id(request.session)


def begin(request: HttpRequest, user: User) -> None:
    """Give a user who has just signed in a new session key and a sign-in of its own.

    The key changes on every sign-in, also when the same user signs in again (ASVS 7.2.4), and
    the sign-in that the browser had before ends, of whichever user.

    Raises:
        SignInRefusedError: the user may not sign in, and is not signed in.
    """
    session = request.session
    presented = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    before = [key for key in (presented, session.session_key) if key]
    # Django's login() leaves no key in place of another user's session, and keeps the key of a
    # session of the same user.
    if session.session_key in {None, presented} or _KEY in session:
        session.cycle_key()
    try:
        with transaction.atomic():
            sign_in = sign_ins.start(
                user, "session", _credential(session), client=get_client_info(request)
            )
            BrowserSession.objects.create(sign_in=sign_in, session_key=_credential(session))
    except sign_ins.SignInRefusedError:
        session.flush()
        request.user = AnonymousUser()
        raise
    session[_KEY] = str(sign_in.pk)
    former = SignIn.objects.filter(browser_session__session_key__in=before)
    sign_ins.revoke(former.exclude(pk=sign_in.pk))


def user_of(session: SessionBase) -> User | AnonymousUser:
    """Return the user of a session, and note that it was used; flush a session that ended.

    One query reads the user and whether the sign-in is live (ASVS 7.3.1, 7.3.2, 7.4.1).
    """
    found = _sign_in_id(session)
    if found is None:
        return AnonymousUser()
    sign_in = sign_ins.find_live(found)
    if sign_in is None or not sign_ins.holds(sign_in, _credential(session)):
        session.flush()
        return AnonymousUser()
    if not _is_of_this_password(session, sign_in.user):
        # Not flushed: the request that stores the new password may be about to renew the session.
        return AnonymousUser()
    if timezone.now() - sign_in.last_used_at >= _NOTED_EVERY:
        sign_ins.note_use(sign_in)
        session.modified = True
    sign_in.user.current_sign_in_id = sign_in.pk
    return sign_in.user


def renew(request: HttpRequest, user: User) -> None:
    """Change the key of a session whose user has just reauthenticated or changed the password.

    If the sign-in was revoked meanwhile, the session ends.
    """
    before, found = _credential(request.session), UUID(request.session[_KEY])
    # Checking the password may have upgraded its hash in another copy of the user.
    user.refresh_from_db(fields=["password"])
    # Deleting the session under its old key must not end the sign-in.
    BrowserSession.objects.filter(pk=found).delete()
    update_session_auth_hash(request, user)
    replacement = _credential(request.session)
    try:
        sign_ins.rotate(found, user.pk, presented=before, replacements=[replacement])
    except sign_ins.SignInEndedError:
        request.session.flush()
        return
    BrowserSession.objects.create(sign_in_id=found, session_key=replacement)


def end(request: HttpRequest) -> None:
    """Revoke the sign-in of this session, if it has one."""
    found = current_sign_in_id(request)
    if found:
        sign_ins.revoke(SignIn.objects.filter(pk=found))


def end_deleted(session_key: str) -> None:
    """Revoke the sign-in of a session that is deleted, unless it has expired."""
    found = SignIn.objects.filter(browser_session__session_key=session_key)
    sign_ins.revoke(found.filter(revoked_at=None, idle_ends_at__gt=timezone.now()))


def delete_of(revoked: Iterable[SignIn]) -> None:
    """Delete the sessions of sign-ins that were revoked, in any of Django's backends.

    Django deletes one session at a time. Here, one statement and one message to the cache
    delete all of them.
    """
    ids = [sign_in.pk for sign_in in revoked if sign_in.kind == "session"]
    found = BrowserSession.objects.filter(pk__in=ids)
    keys = list(found.values_list("session_key", flat=True)) if ids else []
    if not keys:
        return
    store = _store()
    in_database, in_cache = hasattr(store, "get_model_class"), hasattr(store, "cache_key_prefix")
    if in_database:
        store.get_model_class().objects.filter(session_key__in=keys).delete()
    if in_cache:
        cache = caches[settings.SESSION_CACHE_ALIAS]
        cache.delete_many([f"{store.cache_key_prefix}{key}" for key in keys])
    if not in_database and not in_cache:
        for key in keys:
            store(key).delete()


def keep_signed_in(user: User, previous_hash: str) -> None:
    """Sign the sessions of `user` with the upgraded hash of the same password.

    Args:
        user: whose password hash was upgraded.
        previous_hash: the password hash that the sessions were signed with.
    """
    previous = User(password=previous_hash).get_session_auth_hash()
    live = BrowserSession.objects.filter(sign_in__in=sign_ins.live(user).order_by())
    for key in live.values_list("session_key", flat=True):
        session = _store()(key)
        if constant_time_compare(session.get(HASH_SESSION_KEY, ""), previous):
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            # Unless it was deleted meanwhile.
            with suppress(UpdateError):
                session.save()


def delete_expired(batch: int) -> int:
    """Delete the sessions that have run out, and return how many they were.

    Args:
        batch: how many rows to delete at a time at most.
    """
    model = _store().get_model_class()
    return delete_in_batches(model.objects.filter(expire_date__lt=timezone.now()), batch)


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _sign_in_id(session: SessionBase) -> UUID | None:
    found = session.get(_KEY)
    return UUID(found) if found else None


def _credential(session: SessionBase) -> str:
    return session.session_key or ""


def _is_of_this_password(session: SessionBase, user: User) -> bool:
    """Return whether the session was made with the password that the user has now.

    One that is signed with an earlier `SECRET_KEY` continues under the present one.
    """
    found = session.get(HASH_SESSION_KEY, "")
    if constant_time_compare(found, user.get_session_auth_hash()):
        return True
    for earlier in user.get_session_auth_fallback_hash():
        if constant_time_compare(found, earlier):
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            return True
    return False
