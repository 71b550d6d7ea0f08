"""A mail server that can hold, drop and refuse what it is given, and says what it took."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """`before` is called with each mail before it is acknowledged; what it returns is the server's answer."""

    def __init__(self) -> None:
        self.before: Callable[[], str] = lambda: "250 taken"
        self.taken: list[str] = []  # Message-IDs, in order; twice if it was sent twice
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    def start(self) -> int:
        """Return the port."""
        self._controller.start()
        return self._port

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: bytes = envelope.content or b""  # type: ignore[assignment]
        return await asyncio.get_running_loop().run_in_executor(None, self._take, content)

    def _take(self, content: bytes) -> str:
        """Runs to its end even when the sender is gone meanwhile."""
        answer = self.before()
        if answer.startswith("250"):
            message = email.message_from_bytes(content, policy=email.policy.default)
            self.taken.append(str(message["Message-ID"]))
        return answer
