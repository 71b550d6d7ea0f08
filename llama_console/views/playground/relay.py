"""Relays one call's answer to a browser as events, for as long as somebody is there.

A thread reads the gateway; the server's own takes what there is. While nothing comes, a comment goes out every second:
it finds out that the browser has left, also before the first token. Whichever end comes first, the call is hung up and
the turn is over.

Events: `call` with the request's id; the gateway's own, as they are, or `whole` with an answer that does not stream;
`refused` with what the page shows in their place.
"""

import json
import threading
import time
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from keys.turns import end_turn, prolong_turn
from llama_console.gateway_client import GatewayAway, GatewayCall
from llama_console.views.playground.refused import away, explained

_BEAT = 1.0  # seconds
_PROLONG = 10.0
_LONGEST = 600.0  # of one answer
_AHEAD = 64  # pieces that are read before the browser takes them
_streams = threading.BoundedSemaphore(settings.PLAYGROUND_STREAMS)


def take_place() -> bool:
    """Take one of the places for streams of this process; False if there is none."""
    return _streams.acquire(blocking=False)


def leave_place() -> None:
    _streams.release()


class Relay:
    """An iterator of the events of one call; it holds a turn and a place, and ends both."""

    def __init__(self, call: GatewayCall, *, turn: UUID, organization: str) -> None:
        self._call, self._turn, self._organization = call, turn, organization
        self._language = translation.get_language()
        self._pieces: Queue[bytes | None] = Queue(_AHEAD)
        self._over = threading.Event()
        self._begun = self._prolonged = time.monotonic()
        self._is_closed = False
        threading.Thread(target=self._run, name="playground", daemon=True).start()

    def __iter__(self) -> "Relay":
        return self

    def __next__(self) -> bytes:
        now = time.monotonic()
        if self._is_closed or now - self._begun > _LONGEST:
            self.close()
            raise StopIteration
        if now - self._prolonged > _PROLONG:
            prolong_turn(self._turn)
            self._prolonged = now
        try:
            piece = self._pieces.get(timeout=_BEAT)
        except Empty:
            return b": \n\n"
        if piece is None:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """End the call, the turn and the place; whoever serves the answer calls it when the browser is gone."""
        if self._is_closed:
            return
        self._is_closed = True
        self._over.set()
        self._call.end()
        leave_place()
        end_turn(self._turn)

    def _run(self) -> None:
        try:
            for piece in self._events():
                if not self._put(piece):
                    return
        except GatewayAway:
            self._put(self._said(away))
        finally:
            self._call.close()
            self._put(None)

    def _events(self) -> Iterator[bytes]:
        head = self._call.begin()
        yield _event("call", {"id": head.request_id})
        if head.status != 200:
            body = self._call.whole()
            yield self._said(explained, head, body, self._organization)
        elif head.is_stream:
            yield from self._call.pieces()
        else:
            yield b"event: whole\ndata: %b\n\n" % self._call.whole().replace(b"\n", b" ")

    def _said(self, words: Any, *arguments: Any) -> bytes:
        with translation.override(self._language):
            return _event("refused", words(*arguments))

    def _put(self, piece: bytes | None) -> bool:
        while not self._over.is_set():
            try:
                self._pieces.put(piece, timeout=_BEAT)
            except Full:
                continue
            return True
        return False


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
