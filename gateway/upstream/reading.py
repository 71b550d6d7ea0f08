"""Reading an answer: whole within a bound, or as events."""

from gateway.errors import UpstreamError
from gateway.sse import EventReader, EventTooLong
from gateway.upstream.boundary import Received
from gateway.upstream.faults import too_long

LONGEST_ANSWER = 64 * 1024 * 1024  # bytes
LONGEST_REFUSAL = 64 * 1024
_EVENTS = "text/event-stream"


async def read_whole(received: Received, most: int) -> bytes:
    """Return the body, never holding more than `most` bytes and one network read."""
    first = await received.read()
    pieces, size = [first], len(first)
    while piece := await received.read():
        size += len(piece)
        if size > most:
            break
        pieces.append(piece)
    if size > most:
        raise too_long()
    return first if len(pieces) == 1 else b"".join(pieces)


class Events:
    """The events of a stream, as they come together, until [DONE] or the body's end."""

    def __init__(self, received: Received) -> None:
        if not received.headers.get("content-type", "").lower().startswith(_EVENTS):
            raise UpstreamError("The model server does not stream.", "invalid_answer", False)
        self._received = received
        self._reader = EventReader()
        self._size = 0

    async def next(self) -> list[bytes]:
        """Return the data of what came since, at least one event; nothing at the end of the body."""
        while piece := await self._received.read():
            self._size += len(piece)
            if self._size > LONGEST_ANSWER:  # of which a client that reads slowly may have nothing yet
                raise too_long()
            try:
                events = self._reader.feed(piece)
            except EventTooLong:
                raise UpstreamError("An event is too long.", "invalid_answer", False) from None
            if events:
                return events
        return []
