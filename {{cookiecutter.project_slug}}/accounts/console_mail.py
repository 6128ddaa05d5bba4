"""Emails on the console of the development server."""

from django.core.mail import EmailMessage
from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Prints the text of each email once, without the HTML version that repeats its links."""

    def write_message(self, message: EmailMessage) -> None:
        recipients = ", ".join(message.to)
        lines = (f"Subject: {message.subject}", f"To: {recipients}", "", message.body, "-" * 79)
        self.stream.write("\n".join(lines) + "\n")
