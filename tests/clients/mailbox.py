"""A mail server that stores the emails it receives."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage


class Mailbox:
    """A mail server that stores the emails it receives."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802, ARG002 - aiosmtpd's name and signature
        self.messages.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[attr-defined]
        return "250 OK"

    def to(self, address: str, pattern: str) -> re.Match[str] | None:
        """Return the match of `pattern` in an email to `address`, if one has arrived."""
        bodies = [
            message.get_body(("plain",)) for message in self.messages if message["To"] == address
        ]
        found = (re.search(pattern, body.get_content()) for body in bodies if body is not None)
        return next(filter(None, found), None)

    def newest(self, pattern: str) -> re.Match[str]:
        """Return the match of `pattern` in the text of the newest email."""
        body = self.messages[-1].get_body(("plain",))
        assert body is not None
        found = re.search(pattern, body.get_content())
        assert found, body.get_content()
        return found
