"""Frames on the socket: four bytes of length, then MessagePack. A request goes out, a result or failure comes back."""

import select
import socket
from typing import Any

import msgspec
from msgspec import Struct

from vault.errors import VaultError
from vault.unsealer.messages import AnyRequest, Request

MOST = 64 * 1024 * 1024  # bytes a frame
_LENGTH = 4
_READ = 256 * 1024


class Result(Struct, array_like=True, tag=True):
    value: Any


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


def encode(message: Request | Result | Failure) -> bytes:
    return _encoder.encode(message)


def request_of(frame: bytes) -> Request:
    """Return the request in a frame; ValueError for anything else."""
    request: Request = _requests.decode(frame)
    return request


def answer_of(frame: bytes) -> Result | Failure:
    return _answers.decode(frame)


class Frames:
    """A connection, frame by frame. What arrived beyond a frame waits for the next one."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._pieces = bytearray()

    def send(self, frame: bytes) -> None:
        """Send a frame; VaultError for one that the other side would not take, before anything of it is sent."""
        if len(frame) > MOST:
            raise VaultError("too-large", "This is more than the unsealer takes at once.")
        self.connection.sendall(len(frame).to_bytes(_LENGTH, "big") + frame)

    def receive(self) -> bytes:
        """Return the next frame; Closed at the end, ValueError for one that is too long."""
        self._fill(_LENGTH)
        end = _LENGTH + int.from_bytes(self._pieces[:_LENGTH], "big")
        if end > MOST + _LENGTH:
            raise ValueError("frame too long")
        self._fill(end)
        frame = bytes(self._pieces[_LENGTH:end])
        del self._pieces[:end]
        return frame

    def has_more(self, patience: int) -> bool:
        """Tell whether something can be read within so many milliseconds: a request, or the end."""
        poller = select.poll()
        poller.register(self.connection, select.POLLIN)
        return bool(self._pieces or poller.poll(patience))

    def _fill(self, size: int) -> None:
        while len(self._pieces) < size:
            piece = self.connection.recv(_READ)
            if not piece:
                raise Closed
            self._pieces += piece
