"""Base class of browsers and API clients."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from tests.attacks.server import PASSWORD, Answer, Server, somewhere

NEW = "the tide comes in at six"


class Client(ABC):
    """A client of the service, by default with its own IP address."""

    done: tuple[int, ...]
    refused: tuple[int, ...]

    def __init__(self, server: Server, address: str = "") -> None:
        self.server = server
        self.address = address or somewhere()

    def outcome(self, answer: Answer) -> str:
        """Return the meaning of a response, which must have an expected status."""
        if answer.status == 429:
            return "throttled"
        assert answer.status in {*self.done, *self.refused}, answer
        return "done" if answer.status in self.done else "refused"

    def tries(self, email: str, password: str = PASSWORD) -> str:
        """Return the outcome of an attempt to sign in."""
        return self.outcome(self.sign_in(email, password))

    def signed_in(self, email: str, password: str = PASSWORD) -> Self:
        """Sign in, and return the client itself."""
        assert self.tries(email, password) == "done"
        return self

    def reset(self, link: tuple[str, str], new: str) -> Answer:
        """Follow the link in an email and set a password."""
        return self.open_reset(link)(new)

    @abstractmethod
    def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> Answer:
        """Try to sign in."""

    @abstractmethod
    def is_signed_in(self) -> bool:
        """Return whether the service treats the client as signed in."""

    @abstractmethod
    def attempts(self, email: str, password: str) -> list[Callable[[], Answer]]:
        """Return every way to enter the password of the signed-in user."""

    @abstractmethod
    def ask_for_reset(self, email: str, **headers: str) -> Answer:
        """Request an email with a link."""

    @abstractmethod
    def reset_link(self, email: str) -> tuple[str, str]:
        """Request a reset, and return the two parts of the link in the email."""

    @abstractmethod
    def open_reset(self, link: tuple[str, str]) -> Callable[[str], Answer]:
        """Open a link, and return the form or body that sets the password."""

    @abstractmethod
    def change_password(self, old: str, new: str) -> Answer:
        """Set another password."""

    @abstractmethod
    def change_email(self, email: str, password: str = PASSWORD) -> Answer:
        """Request a change of the email address."""

    @abstractmethod
    def verification(self, mail: str) -> str:
        """Return the token of the link that confirms an email address."""

    @abstractmethod
    def verify(self, token: str) -> Answer:
        """Confirm an email address."""

    @abstractmethod
    def tells(self, answer: Answer) -> tuple[object, ...]:
        """Return the content of a response, without random values."""
