"""Operations that keep a browser's session and its sign-in in step."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.cache import caches
from django.db import InternalError, OperationalError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.cleanup import delete_in_batches
from session_auth.models import BrowserSession
from web.client_info import get_client_info

_KEY = "sign_in"
# A write on every request would be too expensive.
_LAST_USE_INTERVAL = timedelta(minutes=1)


def current_sign_in_id(request: HttpRequest) -> UUID | None:
    """Return the ID of the sign-in that this request's session belongs to."""
    return _sign_in_id(request.session)


def start_sign_in(request: HttpRequest, user: User) -> None:
    """Start a sign-in for a user who has just authenticated, with a new session key.

    The key changes on every sign-in, also when the same user signs in again (ASVS 7.2.4). The
    browser's previous sign-in is revoked, even if it belongs to another user.

    Raises:
        PermissionDenied: the user may not sign in.

    After every error the session is flushed, because `login()` has already filled it.
    """
    session = request.session
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    previous_keys = {cookie, session.session_key}
    # Django's login() removes the key of another user's session and keeps the key of a session of
    # the same user.
    if session.session_key in {None, cookie} or _KEY in session:
        session.cycle_key()
    try:
        with transaction.atomic():
            sign_in = sign_ins.start(
                user, "session", _credential(session), client=get_client_info(request)
            )
            BrowserSession.objects.create(sign_in=sign_in, session_key=_credential(session))
    except Exception:
        session.flush()
        request.user = AnonymousUser()
        raise
    session[_KEY] = str(sign_in.pk)
    # Empty for a browser without a session, which takes no query.
    previous_keys -= {None, session.session_key}
    sign_ins.revoke(SignIn.objects.filter(browser_session__session_key__in=previous_keys))


def user_of(session: SessionBase) -> User | AnonymousUser:
    """Return the user of a session, or an anonymous user if its sign-in is not live.

    One query reads the user and whether the sign-in is live (ASVS 7.3.1, 7.3.2, 7.4.1). A session
    whose sign-in has ended is flushed. The time of last use is stored at most once a minute.
    """
    sign_in_id = _sign_in_id(session)
    if sign_in_id is None:
        return AnonymousUser()
    sign_in = sign_ins.find_live(sign_in_id)
    if sign_in is None or not sign_ins.holds(sign_in, _credential(session)):
        session.flush()
        return AnonymousUser()
    if not _has_current_password(session, sign_in.user):
        # Do not flush: the request that stores the new password may be about to renew the session.
        return AnonymousUser()
    if timezone.now() - sign_in.last_used_at >= _LAST_USE_INTERVAL:
        sign_ins.note_use(sign_in)
        session.modified = True
    sign_in.user.current_sign_in_id = sign_in.pk
    sign_in.user.authenticated_at = sign_in.authenticated_at
    return sign_in.user


def renew(request: HttpRequest, user: User) -> None:
    """Change the session key after the user has reauthenticated or changed the password.

    If the sign-in has been revoked in the meantime, flush the session.
    """
    previous_key = _credential(request.session)
    sign_in_id = UUID(request.session[_KEY])
    # Checking the password may have upgraded its hash in another copy of the user.
    user.refresh_from_db(fields=["password"])
    # Deleting the session under its old key must not revoke the sign-in.
    link = BrowserSession.objects.filter(pk=sign_in_id)
    link.update(session_key=str(sign_in_id))
    update_session_auth_hash(request, user)
    replacement = _credential(request.session)
    try:
        sign_ins.rotate(sign_in_id, user.pk, presented=previous_key, replacements=[replacement])
    except sign_ins.SignInEndedError:
        request.session.flush()
        return
    link.update(session_key=replacement)


def revoke_sign_in(request: HttpRequest) -> None:
    """Revoke the sign-in of the request's session, if it has one."""
    sign_in_id = current_sign_in_id(request)
    if sign_in_id:
        sign_ins.revoke(SignIn.objects.filter(pk=sign_in_id))


def revoke_deleted(session_keys: Sequence[str] | QuerySet[Any, Any]) -> None:
    """Revoke the sign-ins of deleted sessions, except those that have expired."""
    affected = SignIn.objects.filter(browser_session__session_key__in=session_keys)
    sign_ins.revoke(affected.filter(revoked_at=None, idle_ends_at__gt=timezone.now()))


def delete_sessions(revoked: Iterable[SignIn]) -> None:
    """Delete the sessions of revoked sign-ins, in any of Django's session backends.

    Django deletes one session at a time. This function uses one SQL statement and one cache
    command for all of them. It sends no `pre_delete` for the sessions, because the receiver of
    that signal revokes their sign-ins.
    """
    ids = [sign_in.pk for sign_in in revoked if sign_in.kind == "session"]
    links = BrowserSession.objects.filter(pk__in=ids)
    keys = list(links.values_list("session_key", flat=True)) if ids else []
    if not keys:
        return
    store = _store()
    in_database = hasattr(store, "get_model_class")
    in_cache = hasattr(store, "cache_key_prefix")
    if in_database:
        rows = store.get_model_class().objects.filter(session_key__in=keys)
        rows._raw_delete(rows.db)  # noqa: SLF001 - Django has no public name for it
    if in_cache:
        cache = caches[settings.SESSION_CACHE_ALIAS]
        cache.delete_many([f"{store.cache_key_prefix}{key}" for key in keys])
    if not in_database and not in_cache:
        for key in keys:
            store(key).delete()


def keep_signed_in(user: User, previous_hash: str) -> None:
    """Update the sessions of `user` to the upgraded hash of the same password.

    Args:
        user: the user whose password hash was upgraded.
        previous_hash: the password hash that the sessions were created with.
    """
    previous = User(password=previous_hash).get_session_auth_hash()
    live = BrowserSession.objects.filter(sign_in__in=sign_ins.live(user).order_by())
    for key in live.values_list("session_key", flat=True):
        session = _store()(key)
        if constant_time_compare(session.get(HASH_SESSION_KEY, ""), previous):
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            try:
                session.save()
            except UpdateError as error:
                # The session may have been deleted in the meantime.
                raise_failure(error)


def raise_failure(error: BaseException) -> None:
    """Raise the failure of the database that led to `error`, if there is one.

    Django reports every failure to store a session as if the session had been deleted. A lost
    connection, or a server that is read-only for a while, must not sign the user out.

    Args:
        error: the `UpdateError` or `SessionInterrupted` of Django.
    """
    context = error.__context__
    while context is not None:
        if isinstance(context, (OperationalError, InternalError)):
            raise context from None
        context = context.__context__


def delete_expired(batch: int) -> int:
    """Delete expired sessions and return their number.

    Args:
        batch: the maximum number of rows for each statement.
    """
    model = _store().get_model_class()
    return delete_in_batches(model.objects.filter(expire_date__lt=timezone.now()), batch)


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _sign_in_id(session: SessionBase) -> UUID | None:
    value = session.get(_KEY)
    return UUID(value) if value else None


def _credential(session: SessionBase) -> str:
    return session.session_key or ""


def _has_current_password(session: SessionBase, user: User) -> bool:
    """Return whether the session was created with the user's current password.

    If its hash was made with one of `SECRET_KEY_FALLBACKS`, update it to `SECRET_KEY`.
    """
    stored = session.get(HASH_SESSION_KEY, "")
    if constant_time_compare(stored, user.get_session_auth_hash()):
        return True
    for fallback in user.get_session_auth_fallback_hash():
        if constant_time_compare(stored, fallback):
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            return True
    return False
