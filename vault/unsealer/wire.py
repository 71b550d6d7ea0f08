"""Frames on the socket: four bytes of length, then MessagePack. A request goes out, a result or failure comes back."""

import socket
from typing import Any

import msgspec
from msgspec import Struct

from vault.errors import VaultError
from vault.unsealer.messages import AnyRequest, Request

MOST = 64 * 1024 * 1024  # bytes a frame
_LENGTH = 4


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


def send(connection: socket.socket, frame: bytes) -> None:
    """Send a frame; VaultError for one that the other side would not take, before anything of it is sent."""
    if len(frame) > MOST:
        raise VaultError("too-large", "This is more than the unsealer takes at once.")
    connection.sendall(len(frame).to_bytes(_LENGTH, "big") + frame)


def receive(connection: socket.socket) -> bytes:
    """Return the next frame; Closed at the end, ValueError for one that is too long."""
    size = int.from_bytes(_exactly(connection, _LENGTH), "big")
    if size > MOST:
        raise ValueError("frame too long")
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = connection.recv(min(size - len(pieces), 1 << 20))
        if not piece:
            raise Closed
        pieces += piece
    return bytes(pieces)
