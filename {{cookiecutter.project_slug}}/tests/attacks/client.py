"""Base class of browsers and API clients."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

from tests.attacks.server import PASSWORD, Answer, Server, somewhere

NEW = "the tide comes in at six"


class Client(ABC):
    """One client of the service, at an address of its own unless one is given."""

    done: tuple[int, ...]
    refused: tuple[int, ...]

    def __init__(self, server: Server, address: str = "") -> None:
        self.server = server
        self.address = address or somewhere()

    def outcome(self, answer: Answer) -> str:
        """Return what an answer means; no other status may come back."""
        if answer.status == 429:
            return "throttled"
        assert answer.status in {*self.done, *self.refused}, answer
        return "done" if answer.status in self.done else "refused"

    def tries(self, email: str, password: str = PASSWORD) -> str:
        """Return what comes of signing in."""
        return self.outcome(self.sign_in(email, password))

    def signed_in(self, email: str, password: str = PASSWORD) -> Self:
        """Sign in, and return the client itself."""
        assert self.tries(email, password) == "done"
        return self

    def reset(self, link: tuple[str, str], new: str) -> Answer:
        """Follow the link of a mail and set a password."""
        return self.open_reset(link)(new)

    @abstractmethod
    def sign_in(self, email: str, password: str = PASSWORD, **headers: str) -> Answer:
        """Try to sign in."""

    @abstractmethod
    def is_signed_in(self) -> bool:
        """Return whether what takes a sign-in is shown."""

    @abstractmethod
    def attempts(self, email: str, password: str) -> list[Callable[[], Answer]]:
        """Return every way to enter the password of the one who is signed in here."""

    @abstractmethod
    def ask_for_reset(self, email: str, **headers: str) -> Answer:
        """Ask for a mail with a link."""

    @abstractmethod
    def reset_link(self, email: str) -> tuple[str, str]:
        """Ask for a reset, and return the two parts of the link in the mail."""

    @abstractmethod
    def open_reset(self, link: tuple[str, str]) -> Callable[[str], Answer]:
        """Open a link, and return what sets the password."""

    @abstractmethod
    def change_password(self, old: str, new: str) -> Answer:
        """Set another password."""

    @abstractmethod
    def change_email(self, email: str, password: str = PASSWORD) -> Answer:
        """Ask for a move to another address."""

    @abstractmethod
    def verification(self, mail: str) -> str:
        """Return the token of the link that confirms an address."""

    @abstractmethod
    def verify(self, token: str) -> Answer:
        """Confirm an address."""

    @abstractmethod
    def tells(self, answer: Answer) -> tuple[object, ...]:
        """Return what an answer tells, without what is random in every one."""
