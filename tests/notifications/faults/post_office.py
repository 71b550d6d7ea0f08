"""A mail server that can hold, drop and refuse what it is given, and says what it took."""

import asyncio
import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port

DROPPED = "250 taken, and the connection cut before anybody hears of it"


class PostOffice:
    """`before` is called with each mail before it is acknowledged; what it returns is the server's answer.

    `answers` holds other answers than 250 to commands: MAIL, RCPT, or RCPT to one address.
    """

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.connections = 0
        self.newest: EmailMessage | None = None
        self.recipients: list[str] = []  # of all mails, as the envelopes say
        self.before: Callable[[], str] = lambda: "250 taken"
        self.taken: list[str] = []  # Message-IDs, in order; twice if it was sent twice
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    def start(self) -> int:
        """Return the port."""
        self._controller.start()
        return self._port

    def stop(self) -> None:
        self._controller.stop()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(f"RCPT {address}") or self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: bytes = envelope.content or b""  # type: ignore[assignment]
        answer = await asyncio.get_running_loop().run_in_executor(None, self._take, content)
        if answer == DROPPED:
            server.transport.abort()
        return answer

    def _take(self, content: bytes) -> str:
        """Runs to its end even when the sender is gone meanwhile."""
        answer = self.before()
        if answer.startswith("250") or answer == DROPPED:
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.taken.append(str(message["Message-ID"]))
            self.newest = message
        return answer
