"""Emails on the console of the development server."""

from django.core.mail import EmailMessage
from django.core.mail.backends import console


class EmailBackend(console.EmailBackend):
    """Backend that prints the plain text of emails; their HTML version repeats the links."""

    def write_message(self, message: EmailMessage) -> None:
        recipients = ", ".join(message.to)
        head = f"Subject: {message.subject}\nTo: {recipients}\n\n"
        self.stream.write(f"{head}{message.body}\n{'-' * 79}\n")
