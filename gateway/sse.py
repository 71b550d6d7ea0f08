"""Reading server-sent events, wherever the network cuts them."""

DONE = b"[DONE]"  # how OpenAI-shaped streams end

_LONGEST_EVENT = 8 * 1024 * 1024  # bytes


class EventTooLong(ValueError):
    """An event does not end within reasonable memory."""


class EventReader:
    """Collects pieces of a stream and gives the data of each complete event.

    Works on bytes: a cut inside a UTF-8 character is no special case. Comments and fields other
    than `data` are skipped; an event that is not finished by a blank line is never given.
    """

    def __init__(self) -> None:
        self._line = b""
        self._data: list[bytes] = []
        self._size = 0
        self._after_cr = False

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the data of the events that this piece completes."""
        if whole := self._plainly(piece):
            return whole
        *lines, self._line = (self._line + self._with_newlines(piece)).split(b"\n")
        events: list[bytes] = []
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                events.append(b"\n".join(self._data))
                self._data = []
                self._size = 0
        if self._size + len(self._line) > _LONGEST_EVENT:
            raise EventTooLong
        return events

    def _plainly(self, piece: bytes) -> list[bytes] | None:
        # What nearly every piece is: one or more events of one line each, and nothing cut off.
        if self._line or self._data or self._after_cr or not piece.endswith(b"\n\n") or b"\r" in piece:
            return None
        events = piece[:-2].split(b"\n\n")
        if all(event.startswith(b"data: ") and b"\n" not in event for event in events):
            return [event[6:] for event in events]
        return None

    def _with_newlines(self, piece: bytes) -> bytes:
        # A line may end in LF, CR LF or CR alone; after a CR at the cut, an LF belongs to it.
        if not piece:
            return piece
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_cr = False
        if piece:
            self._after_cr = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in piece else piece

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)


def event(data: bytes, name: str | None = None) -> bytes:
    """Return one event as it goes over the wire; data is JSON and so has no line breaks."""
    head = b"event: %s\n" % name.encode() if name else b""
    return b"%sdata: %s\n\n" % (head, data)
