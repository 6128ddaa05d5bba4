"""Reports of unforeseen errors to Sentry: what went wrong and where, and nothing about whom.

Imported only where `SENTRY_DSN` is set.
"""

import sentry_sdk
import structlog
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

_KEPT = {
    *("event_id", "exception", "level", "modules", "platform", "release", "sdk", "timestamp"),
    *("transaction", "transaction_info"),
}


def initialize(dsn: str) -> None:
    """Report every exception that no code has foreseen.

    Args:
        dsn: where to, as Sentry shows it for the project.
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
    """Keep the kind of error, the code that raised it and the route; add the id of the request.

    What an error says can quote what a user has typed, and a URL can be a link from a mail, so
    neither is sent. The id finds both in the log.
    """
    kept: Event = {name: value for name, value in event.items() if name in _KEPT}  # type: ignore[assignment]  # some of the same
    for error in kept.get("exception", {}).get("values", []):
        error["value"] = ""
    found = structlog.contextvars.get_contextvars().get("request_id")
    if found:
        kept["tags"] = {"request_id": found}
    return kept
