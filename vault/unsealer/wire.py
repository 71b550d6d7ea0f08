"""Frames on the socket: four bytes of length, then MessagePack. A request goes out, a result or failure comes back."""

import select
import socket
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from vault.errors import VaultError
from vault.unsealer.messages import AnyRequest, Request

T = TypeVar("T", bytes, int)

MOST = 64 * 1024 * 1024  # bytes a frame
_LENGTH = 4
_READ = 64 * 1024


class Result(Struct, array_like=True, tag=True):
    value: Any

    def __repr__(self) -> str:
        return "<Result>"


class Failure(Struct, array_like=True, tag=True):
    code: str
    message: str
    permanent: bool

    @classmethod
    def of(cls, error: VaultError) -> "Failure":
        return cls(error.code, error.message, error.permanent)

    def error(self) -> VaultError:
        return VaultError(self.code, self.message, permanent=self.permanent)


class Closed(Exception):
    """The other side closed the connection."""


_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(AnyRequest)
_answers: "msgspec.msgpack.Decoder[Result | Failure]" = msgspec.msgpack.Decoder(Result | Failure)


def encode(message: Request | Result | Failure) -> bytearray:
    """Return a message as a frame, length and all."""
    frame = bytearray(_LENGTH)
    _encoder.encode_into(message, frame, _LENGTH)
    frame[:_LENGTH] = (len(frame) - _LENGTH).to_bytes(_LENGTH, "big")
    return frame


def request_of(body: bytearray) -> Request:
    """Return the request in what was received; ValueError for anything else."""
    request: Request = _requests.decode(body)
    return request


def answer_of(body: bytearray) -> Result | Failure:
    return _answers.decode(body)


class Frames:
    """A connection, frame by frame. What arrived beyond a frame waits for the next one."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._pieces = bytearray()

    def send(self, frame: bytearray) -> None:
        """Send a frame; VaultError for one that the other side would not take, before anything of it is sent."""
        if len(frame) > MOST + _LENGTH:
            raise VaultError("too-large", "This is more than the unsealer takes at once.")
        self.connection.sendall(frame)

    def receive(self) -> bytearray:
        """Return what the next frame carries; Closed at the end, ValueError for one that is too long."""
        while len(self._pieces) < _LENGTH:
            self._pieces += self._some(self.connection.recv(_READ))
        end = _LENGTH + int.from_bytes(self._pieces[:_LENGTH], "big")
        if end > MOST + _LENGTH:
            raise ValueError("frame too long")
        body = self._pieces[_LENGTH:end]
        del self._pieces[:end]
        return body if len(body) == end - _LENGTH else self._rest(body, end - _LENGTH)

    def has_more(self, patience: int) -> bool:
        """Tell whether something can be read within so many milliseconds: a request, or the end."""
        poller = select.poll()
        poller.register(self.connection, select.POLLIN)
        return bool(self._pieces or poller.poll(patience))

    def _rest(self, begun: bytearray, size: int) -> bytearray:
        """Return all of a body, read to where it belongs."""
        body, place = bytearray(size), len(begun)
        body[:place] = begun
        while place < size:
            place += self._some(self.connection.recv_into(memoryview(body)[place:]))
        return body

    @staticmethod
    def _some(read: T) -> T:
        if not read:
            raise Closed
        return read
