"""The security log: one structured line for each event, under the logger's name `security`.

Each line names the id of the request, the user if one is known, and the address of the client
(ASVS 16.2.1); none holds a password, a token, a key or a link. `docs/security.md` lists them.
"""

import logging
from typing import Any
from uuid import UUID

import structlog
from django.dispatch import Signal

log = structlog.get_logger("security")

event_recorded = Signal()
"""Sent with each line of the security log: `event` is its name, `facts` the rest of it."""


def record(
    event: str, user: UUID | None = None, *, level: int = logging.INFO, **facts: Any
) -> None:
    """Write the line of one event.

    Args:
        event: its name, one of those that `docs/security.md` lists.
        user: whom it is about; where none is given, who makes the request.
        level: of `logging`; WARNING for what somebody should look at when it happens often.
        **facts: what else there is to know.
    """
    if user is not None:
        facts["user_id"] = str(user)
    log.log(level, event, **facts)
    event_recorded.send(sender=None, event=event, facts=facts)
