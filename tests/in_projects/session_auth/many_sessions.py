"""Sessions of many users."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import SignIn
from session_auth.models import BrowserSession
from tests.accounts.plans import fill


def fill_sessions() -> list[SignIn]:
    """Store the sessions of many users, which have not expired."""
    rows = fill()
    SignIn.objects.update(kind="session")
    BrowserSession.objects.bulk_create(
        BrowserSession(sign_in=row, session_key=row.credential_hash[:32]) for row in rows
    )
    end = timezone.now() + timedelta(hours=1)
    Session.objects.bulk_create(
        Session(session_key=row.credential_hash[:32], expire_date=end) for row in rows
    )
    return rows
