"""Email addresses in their canonical form: the model field and the form field."""

# mypy: disallow-any-generics

import unicodedata
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

_MAXIMUM_LENGTH = 254  # octets (RFC 5321 section 4.5.3.1.3, erratum 1690)
_MAXIMUM_LOCAL_LENGTH = 64  # octets (RFC 5321 section 4.5.3.1.1)
# Only this many characters are read: folding never shortens a text to a quarter or less.
_MAXIMUM_INPUT = 4 * _MAXIMUM_LENGTH
_INVALID = _("Enter a valid email address.")
_INVISIBLE = _("This email address contains an invisible character. Type the address again.")


def canonical_email(text: str) -> str:
    """Return the form in which an email address is validated, stored, counted and mailed.

    Characters are folded by NFKC and to lower case in Python, because databases fold differently
    (CVE-2019-19844). The local part is ASCII. The domain is in ASCII too, encoded by IDNA 2008:
    Python's own codec, which implements IDNA 2003, would send mail for `straße.example` to
    `strasse.example`. Quoted local parts and IP literals are rejected, because the same mailbox
    could be written in many ways.

    Args:
        text: an email address as the user typed it.

    Raises:
        ValidationError: `text` is not an email address that can receive mail.
    """
    folded = _folded(text)
    local, _, domain = folded.rpartition("@")
    try:
        email = f"{local}@{_ascii_domain(domain)}"
        validate_email(email)
        is_valid = _has_one_spelling(email) and _is_short(text, email)
    except (ValidationError, UnicodeError):
        is_valid = False
    if not is_valid:
        message = _INVALID if folded.isprintable() else _INVISIBLE
        raise ValidationError(message, code="invalid")
    return email


def email_key(text: str) -> str:
    """Return the canonical form of `text`, or the folded text if it is not an email address.

    For counters and lookups, where the text may be anything that was entered as an email address.
    """
    try:
        return canonical_email(text)
    except ValidationError:
        return _folded(text)


def validate_canonical_email(text: str) -> None:
    """Check an email address by the rules of `canonical_email`.

    Raises:
        ValidationError: `text` is not an email address that can receive mail.
    """
    canonical_email(text)


class EmailFormField(forms.EmailField):
    """A form field whose cleaned value is a canonical email address."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return canonical_email(text) if text else text


class CanonicalEmailField(models.EmailField):  # type: ignore[type-arg]  # set by the stubs' plugin
    """An email address that is canonical in every row and every query.

    Saving anything else raises `ValidationError`, however it is saved.
    """

    # Serializers of other apps read these.
    default_validators = [validate_canonical_email]  # noqa: RUF012 - Django's own attribute

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return canonical_email(text) if text else text

    def get_prep_value(self, value: Any) -> Any:
        # A query may compare with any text, such as the start of an email address.
        return email_key(value) if isinstance(value, str) else super().get_prep_value(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        text = canonical_email(value) if isinstance(value, str) else value
        return super().get_db_prep_save(text, connection)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            # Keep the instance equal to the stored row.
            value = canonical_email(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": EmailFormField, **kwargs})


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip()[:_MAXIMUM_INPUT]).strip().lower()


def _ascii_domain(domain: str) -> str:
    # ASCII labels are left to Django's rules: IDNA 2008 rejects a few that exist (`ab--cd`).
    if domain.isascii() and "xn--" not in domain:
        return domain
    return idna.encode(domain).decode("ascii")


def _has_one_spelling(email: str) -> bool:
    is_quoted = email.startswith('"')
    is_ip_address = email.endswith("]") or email.rpartition(".")[2].isdecimal()
    return email.isascii() and not is_quoted and not is_ip_address


def _is_short(text: str, email: str) -> bool:
    return (
        len(text.strip()) <= _MAXIMUM_INPUT
        and len(email) <= _MAXIMUM_LENGTH
        and len(email.partition("@")[0]) <= _MAXIMUM_LOCAL_LENGTH
    )
