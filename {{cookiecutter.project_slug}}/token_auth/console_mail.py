"""Console email backend that prints an API request for each link."""

import json
import re
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts import console_mail


class EmailBackend(console_mail.EmailBackend):
    """Email backend that prints, after each email, the requests that a front end would send."""

    def write_message(self, message: EmailMessage) -> None:
        super().write_message(message)
        for fragment in re.findall(r"#(\S+)", str(message.body)):
            fields = dict(parse_qsl(fragment))
            name = "api_email_verify"
            if "uid" in fields:
                name = "api_password_reset_confirm"
                fields["new_password"] = "<a new password>"  # noqa: S105 # nosec B105
            url = f"{settings.PUBLIC_BASE_URL}{reverse(name)}"
            self.stream.write(
                "If you have no front end yet, send its request yourself:\n"
                f"curl {url} -H 'Content-Type: application/json' -d '{json.dumps(fields)}'\n\n"
            )
