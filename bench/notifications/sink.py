"""The sink: an SMTP server in a process of its own that takes every mail, remembers when, and keeps the newest ones."""

import asyncio
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT = 1000  # mails


class Sink:
    """This side of it."""

    def __init__(self, port: int, pipe: "Connection[Any, Any]") -> None:
        self.port, self._pipe = port, pipe

    def forget(self) -> None:
        """Count from zero."""
        self._ask("forget")

    def count(self) -> int:
        return int(self._ask("count"))

    def last(self) -> float:
        """Return when the newest mail came, in monotonic seconds."""
        return float(self._ask("last"))

    def mails(self) -> list[bytes]:
        mails: list[bytes] = self._ask("mails")
        return mails

    def _ask(self, question: str) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


@contextmanager
def sink(delay: float = 0.0) -> Iterator[Sink]:
    """Start a server that takes each mail after `delay` seconds."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_run, args=(there, delay), daemon=True)
    process.start()
    try:
        yield Sink(here.recv(), here)
    finally:
        process.kill()
        process.join()


class _Handler:
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self.forget()

    def forget(self) -> None:
        self.count, self.last = 0, 0.0
        self.mails: deque[bytes] = deque(maxlen=KEPT)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._delay:
            await asyncio.sleep(self._delay)
        self.count, self.last = self.count + 1, time.monotonic()
        self.mails.append(envelope.original_content or b"")
        return "250 taken"


def _run(pipe: "Connection[Any, Any]", delay: float) -> None:
    asyncio.run(_serve(pipe, delay))


async def _serve(pipe: "Connection[Any, Any]", delay: float) -> None:
    handler, loop = _Handler(delay), asyncio.get_running_loop()

    def answer() -> None:
        question = pipe.recv()
        if question == "forget":
            handler.forget()
        pipe.send({"count": handler.count, "last": handler.last, "mails": list(handler.mails)}.get(question))

    loop.add_reader(pipe.fileno(), answer)
    server = await loop.create_server(lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
