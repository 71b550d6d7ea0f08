"""A client of one call on a connection of its own, which knows what it received and may leave at any point."""

import asyncio
import json
import socket
import struct
from dataclasses import dataclass, field
from uuid import UUID

from bench.faults.model import WORD, prompt
from bench.gateway.house import MODEL
from bench.gateway.subjects import PATH

TOKENS = 64  # an answer's most, which its worst case counts
_END = b"\r\n0\r\n\r\n"


@dataclass(slots=True)
class Question:
    """What a call asks the model server for, and how its client asks the gateway."""

    number: int
    events: int = 24
    pace: int = 2  # milliseconds
    stream: bool = True
    most: int = TOKENS

    def body(self) -> bytes:
        said = [{"role": "user", "content": prompt(self.number, self.events, self.pace)}]
        asked = {"model": MODEL, "max_tokens": self.most, "stream": self.stream, "messages": said}
        return json.dumps(asked).encode()

    def head(self, secret: str) -> bytes:
        return (
            f"POST {PATH} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {secret}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(self.body())}\r\n\r\n"
        ).encode()


@dataclass(slots=True)
class Answer:
    """What a client received so far; `status` is 0 before its head."""

    data: bytes = b""
    status: int = 0
    id: UUID | None = None
    _length: int | None = field(default=None)
    _body_at: int = 0

    def take(self, piece: bytes) -> None:
        self.data += piece
        if not self.status and (end := self.data.find(b"\r\n\r\n")) >= 0:
            self._body_at = end + 4
            head = self.data[:end].lower().split(b"\r\n")
            self.status = int(head[0].split()[1])
            headers = dict(line.split(b": ", 1) for line in head[1:])
            self.id = UUID(headers[b"x-request-id"].decode()) if b"x-request-id" in headers else None
            self._length = int(headers[b"content-length"]) if b"content-length" in headers else None

    @property
    def words(self) -> int:
        return self.data.count(WORD)

    @property
    def complete(self) -> bool:
        """Whether the last byte is here."""
        if not self.status:
            return False
        if self._length is not None:
            return len(self.data) - self._body_at >= self._length
        return self.data.endswith(_END)


class Connection:
    """One call, from its request on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.answer = Answer()

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def read(self) -> bool:
        """Take the next piece of the answer; False when there is none."""
        piece = b"" if self.answer.complete else await self._reader.read(65536)
        self.answer.take(piece)
        return bool(piece)

    def leave(self, *, politely: bool = True) -> None:
        """Close, or reset, the connection."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        if politely:
            self._writer.close()
        elif connection.fileno() >= 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()


async def call(port: int, secret: str, question: Question) -> Answer:
    """Ask and read to the end; an answer that breaks off is not complete. No server there: OSError."""
    connection = await Connection.open(port)
    try:
        await connection.send(question.head(secret) + question.body())
        while await connection.read():
            pass
    except ConnectionError:
        pass
    finally:
        connection.leave()
    return connection.answer
