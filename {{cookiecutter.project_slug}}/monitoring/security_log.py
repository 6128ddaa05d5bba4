"""The security log: one structured line for each event, by the logger `security`.

Each line contains the ID of the request, the user if known, and the IP address of the client (ASVS
16.2.1). No line contains a password, token, key or link. `docs/security.md` lists the events.
"""

import logging
from typing import Any
from uuid import UUID

import structlog
from django.dispatch import Signal

log = structlog.get_logger("security")

event_recorded = Signal()
"""Sent with each line of the security log: `event` is its name, `facts` its other values."""


def record(
    event: str, user: UUID | None = None, *, level: int = logging.INFO, **facts: Any
) -> None:
    """Log one event and send `event_recorded`.

    Args:
        event: the name of the event, as listed in `docs/security.md`.
        user: the ID of the affected user; by default, the user who made the request.
        level: a level of `logging`: WARNING for events to investigate if they are frequent.
        **facts: further values of the line.
    """
    if user is not None:
        facts["user_id"] = str(user)
    log.log(level, event, **facts)
    event_recorded.send(sender=None, event=event, facts=facts)
