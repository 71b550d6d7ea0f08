"""The two wire shapes of one API, as the rest of the gateway sees them."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from gateway.answers import Answer, Chunk
from gateway.errors import GatewayError
from gateway.meter import Usage
from gateway.requests.question import Question


class Heading(Struct, frozen=True):
    """What an answer says of its call."""

    id: UUID
    model: str  # as the caller named it
    started_at: datetime
    wants_usage: bool


class Script(Protocol):
    """The translation of one streamed answer, event by event."""

    def chunk(self, data: bytes, chunk: Chunk) -> bytes:
        """Return what an upstream event becomes; empty when the caller sees nothing of it."""

    def end(self, usage: Usage) -> bytes:
        """Return the last events of a complete answer."""

    def failure(self, error: GatewayError) -> bytes:
        """Return the last event of an answer that broke off."""


class Shape(Protocol):
    """One wire shape: how questions, answers and errors read in it."""

    def parse(self, body: bytes) -> Question:
        """Return the validated question, or raise a 400."""

    def whole(self, body: bytes, answer: Answer, heading: Heading, usage: Usage) -> bytes:
        """Return the upstream's whole answer."""

    def script(self, heading: Heading) -> Script:
        """Return the translation of one stream."""

    def error(self, error: GatewayError) -> bytes:
        """Return an error body."""
