"""Reports of unhandled exceptions to Sentry, without data about users.

Imported only if `SENTRY_DSN` is set.
"""

import sentry_sdk
import structlog
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

_ALLOWED = {
    *("event_id", "exception", "level", "modules", "platform", "release", "sdk", "timestamp"),
    *("transaction", "transaction_info"),
}


def initialize(dsn: str) -> None:
    """Report unhandled exceptions from now on.

    Args:
        dsn: the DSN of the project in Sentry.
    """
    sentry_sdk.init(
        dsn=dsn,
        before_send=scrub,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        default_integrations=False,
        integrations=[DjangoIntegration(transaction_style="url", signals_spans=False)],
        disabled_integrations=[LoggingIntegration()],
        auto_enabling_integrations=False,
    )


def scrub(event: Event, _: Hint) -> Event:
    """Keep the type of the exception, its traceback and the route; add the request ID.

    Messages of exceptions can quote user input, and URLs can be links from emails, so neither is
    sent. Search the log for the request ID to find both.
    """
    kept: Event = {name: value for name, value in event.items() if name in _ALLOWED}  # type: ignore[assignment]  # some of the same
    for error in kept.get("exception", {}).get("values", []):
        error["value"] = ""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id:
        kept["tags"] = {"request_id": request_id}
    return kept
