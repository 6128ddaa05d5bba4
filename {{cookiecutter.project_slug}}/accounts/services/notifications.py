"""Emails that notify users of security events, so that they notice changes by others.

`settings.SEND_NOTICES` turns them off. Emails with a link to follow are always sent.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from accounts import mail
from accounts.models import User
from accounts.user_agents import describe_device, describe_device_lazily
from web.client_info import ClientInfo


def notify(name: str, user: User, *, to: str = "", **context: Any) -> None:
    """Send the notification `name`, unless notifications are turned off (ASVS 6.3.7).

    Args:
        name: the name of the templates below `accounts/mail/`.
        user: the user to notify, in their language.
        to: the email address, if it is not the user's current one.
        **context: variables of the templates.
    """
    if settings.SEND_NOTICES:
        mail.send(name, to or user.email, language=user.language, **context)


def notify_of_new_device(user: User, client: ClientInfo, agents: Iterable[str]) -> None:
    """Notify `user` of a sign-in on a new device (ASVS 6.3.5), before the sign-in is stored.

    The first sign-in of a user sends no notification. A device is new if no earlier sign-in has
    the same browser and operating system. Versions and IP addresses change too often to compare.

    Args:
        user: the user who signs in.
        client: the client that made the request.
        agents: the user agents of all earlier sign-ins of the user.
    """
    known = {describe_device(agent) for agent in agents}
    if known and describe_device(client.user_agent) not in known:
        device = describe_device_lazily(client.user_agent)
        notify("new_device", user, device=device, ip_address=client.ip_address)
