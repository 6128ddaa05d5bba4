"""Links in emails: signed, short-lived and valid for one use."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import User

_SALT = "accounts.email_links.verify_email"
_SIGNED_OVER = (
    "email",
    "email_verified_at",
    "is_active",
    "last_login",
    "password",
    "reset_requested_at",
)


class InvalidLinkError(Exception):
    """Error for a link that was used, has expired, was replaced, or has a wrong signature."""


class PasswordResetTokens(PasswordResetTokenGenerator):
    """Django's reset tokens, which also become invalid when a newer link is requested."""

    key_salt = "accounts.email_links.password_reset"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        requested = user.reset_requested_at and user.reset_requested_at.timestamp()
        return f"{super()._make_hash_value(user, timestamp)}{requested}"


password_reset_tokens = PasswordResetTokens()


def password_reset_link(user: User) -> str:
    """Return the URL at which `user` can set a new password.

    It expires after `settings.PASSWORD_RESET_TIMEOUT` seconds.
    """
    return _link(
        "password_reset",
        uid=urlsafe_base64_encode(force_bytes(user.pk)),
        token=password_reset_tokens.make_token(user),
    )


def user_of_password_reset(uid: str, token: str) -> User:
    """Return the user of a password reset link.

    Args:
        uid: the first part of the link.
        token: the second part of the link.

    Raises:
        InvalidLinkError: the link is invalid or has expired, or the user is deactivated.
    """
    try:
        user = User.objects.get(pk=UUID(urlsafe_base64_decode(uid).decode()), is_active=True)
    except (ValueError, User.DoesNotExist):
        raise InvalidLinkError from None
    if not password_reset_tokens.check_token(user, token):
        raise InvalidLinkError
    return user


def use_up(user: User, **changes: datetime) -> None:
    """Invalidate a link that `user` has followed; of concurrent callers, one succeeds.

    Args:
        user: the user, as loaded when the link was checked.
        **changes: the fields to set. They are covered by the signature of the link, which becomes
            invalid.

    Raises:
        InvalidLinkError: the account has changed since, so the link has become invalid.
    """
    signed_over = {name: getattr(user, name) for name in _SIGNED_OVER}
    if not User.objects.filter(pk=user.pk, **signed_over).update(**changes):
        raise InvalidLinkError


def verification_link(user: User, email: str) -> str:
    """Return the URL at which `user` confirms that `email` is theirs.

    The signature covers the state of the account, so the link becomes invalid with its first use
    and with any change of the email address or password. It expires after
    `settings.EMAIL_LINK_TIMEOUT` seconds.
    """
    content = {
        "user": str(user.pk),
        "email": email,
        "state": _state_signer().signature(_state(user)),
    }
    token = TimestampSigner(salt=_SALT, sep=".").sign_object(content)
    return _link("verify_email", token=token)


def user_and_email_of_verification(token: str) -> tuple[User, str]:
    """Return the user of a verification link and the email address that it confirms.

    Raises:
        InvalidLinkError: the link is invalid or has expired, or the user is deactivated.
    """
    signer = TimestampSigner(salt=_SALT, sep=".")
    try:
        content = signer.unsign_object(token, max_age=settings.EMAIL_LINK_TIMEOUT)
        user = User.objects.get(pk=content["user"], is_active=True)
        # Also accepts signatures by `settings.SECRET_KEY_FALLBACKS`.
        _state_signer().unsign(f"{_state(user)}:{content['state']}")
    except (BadSignature, User.DoesNotExist):
        raise InvalidLinkError from None
    return user, content["email"]


def _state(user: User) -> str:
    verified = user.email_verified_at and user.email_verified_at.timestamp()
    return f"{user.email} {verified} {user.password}"


def _state_signer() -> Signer:
    return Signer(salt=f"{_SALT}.state")


def _link(name: str, **parts: str) -> str:
    return settings.MAIL_LINK_ORIGIN + settings.MAIL_LINK_PATHS[name].format(**parts)
