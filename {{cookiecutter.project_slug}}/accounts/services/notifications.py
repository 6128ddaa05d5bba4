"""Mails that tell users what happened to their account, so that they notice what they did not do.

`settings.SEND_NOTICES` turns them off; mails that something waits for are always sent.
"""

from typing import Any

from django.conf import settings

from accounts import mail
from accounts.models import User
from accounts.user_agents import describe_device
from web.client_info import ClientInfo


def notify(name: str, to: str, **context: Any) -> None:
    """Send the notice `name`, unless notices are turned off (ASVS 6.3.7).

    Args:
        name: of the mail's templates.
        to: the address.
        **context: what the templates need.
    """
    if settings.SEND_NOTICES:
        mail.send(name, to, **context)


def notify_of_new_device(user: User, client: ClientInfo) -> None:
    """Tell `user` of a sign-in that is about to begin on a device not seen before (ASVS 6.3.5).

    The first sign-in of all is no news, and one device is like another if the program and the
    system have the same names: versions and addresses change too often to be told of.
    """
    agents = user.sign_ins.values_list("user_agent", flat=True).distinct()
    known = {describe_device(agent) for agent in agents}
    device = describe_device(client.user_agent)
    if known and device not in known:
        notify("new_device", user.email, device=device, ip_address=client.ip_address)
