"""A connection of our own to a model server: HTTP/1.1 by httptools, one answer after another.

What a server sends that is no answer to a request (too many headers, more than one answer, bytes that nobody asked
for) closes the connection. A connection is used again only after an answer that ended where it said it would.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from gateway.upstream.faults import no_sense, stopping, timed_out, unreachable
from gateway.upstream.incoming import Dropped, Incoming

_LONGEST_HEAD = 64 * 1024  # bytes, interim answers included
_MOST_INTERIM = 8  # answers like "100 Continue" before the one
_MOST_UNREAD = 256 * 1024  # bytes of a body before the server has to wait
_MOST_ABANDONED = 64 * 1024  # bytes that are read only to use the connection again
_ABANDONED_PATIENCE = 1.0  # seconds
_ONE_WRITE = 64 * 1024  # larger bodies are not copied behind their head
_HEADERS = {b"content-type", b"content-length", b"transfer-encoding", b"retry-after"}  # the only ones that are read


class Owner(Protocol):
    """Who keeps the connections."""

    def returned(self, connection: "Connection") -> None:
        """A connection has nothing to do."""

    def lost(self, connection: "Connection") -> None:
        """A connection is closed."""


class Connection(asyncio.Protocol):
    """Carries one exchange at a time."""

    def __init__(self, owner: Owner, first_byte: float, between_bytes: float) -> None:
        self._owner = owner
        self._first_byte, self._between_bytes = first_byte, between_bytes
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._incoming: Incoming | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._paused = False
        self.used = False
        self.closed = False
        self.idle_since = 0.0

    def begin(self, head: bytes, body: bytes) -> Incoming:
        """Send a request and return its answer, of which nothing is there yet."""
        self._incoming = incoming = Incoming(self)
        self._touched = self._surplus = self._keep = self._interim = False
        self._fed = self._head_size = self._interims = self._abandoned = 0
        self._expect_within(self._first_byte)
        if len(body) <= _ONE_WRITE:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)
        return incoming

    def usable(self, oldest: float) -> bool:
        """Tell whether a request may still be sent, to a connection that has rested since then at most."""
        return not self.closed and not self._transport.is_closing() and self.idle_since >= oldest

    # For the answer's reader

    def resume(self) -> None:
        if self._paused and not self.closed:
            self._paused = False
            self._expect_within(self._between_bytes)
            self._transport.resume_reading()

    def abandon(self) -> None:
        self._expect_within(_ABANDONED_PATIENCE)
        self.resume()

    def abort(self) -> None:
        self._incoming = None
        if not self.closed:
            self._transport.abort()

    def stop(self) -> None:
        self._give_up(stopping)

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if (tcp := transport.get_extra_info("socket")) is not None:
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        incoming = self._incoming
        if incoming is None:
            self.abort()  # nobody asked for anything
            return
        self._touched = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not incoming.complete:
                self._give_up(no_sense)
                return
            self._surplus = True
        if not incoming.headed:
            self._fed += len(data)
        if max(self._fed, self._head_size) > _LONGEST_HEAD or self._interims > _MOST_INTERIM:
            self._give_up(no_sense)
        elif incoming.complete:
            self._end(incoming)
        elif incoming.headed:
            self._expect_more(incoming)

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        incoming, self._incoming = self._incoming, None
        if incoming is not None:
            if incoming.headed and error is None and not _says_its_length(incoming):
                incoming.complete = True
                incoming.wake()
            else:
                incoming.fail(Dropped() if self.used and not self._touched else unreachable())
        self._owner.lost(self)

    # The parser's side

    def on_message_begin(self) -> None:
        self._surplus = self._incoming is None or self._incoming.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value)
        name = name.lower()
        if name in _HEADERS and self._incoming is not None and not self._surplus:
            self._incoming.headers[name.decode("ascii")] = value.strip().decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self._interim = 100 <= status < 200
        if self._incoming is None or self._surplus:
            return
        if self._interim:
            self._interims += 1
            self._incoming.headers.clear()
            return
        self._incoming.status = status
        self._incoming.headed = True

    def on_body(self, body: bytes) -> None:
        incoming = self._incoming
        if incoming is None or self._surplus:
            return
        if incoming.abandoned:
            self._abandoned += len(body)
        else:
            incoming.add(body)

    def on_message_complete(self) -> None:
        if self._incoming is not None and not self._interim and not self._surplus:
            self._incoming.complete = True
            self._keep = self._parser.should_keep_alive()

    # Between them

    def _expect_more(self, incoming: Incoming) -> None:
        if incoming.abandoned:
            if self._abandoned > _MOST_ABANDONED:
                self.abort()
            return
        self._due = self._loop.time() + self._between_bytes
        if self._timer is None or self._timer.when() > self._due:
            self._expect_within(self._between_bytes)
        if incoming.size > _MOST_UNREAD:
            self._paused = True
            self._transport.pause_reading()
        incoming.wake()

    def _end(self, incoming: Incoming) -> None:
        self._incoming = None
        incoming.wake()
        if self._keep and not self._surplus and not self._transport.get_write_buffer_size():
            self.used = True
            self.idle_since = self._loop.time()
            self._owner.returned(self)
        elif not self.closed:
            self._transport.abort()

    def _give_up(self, error: Callable[[], Exception]) -> None:
        incoming = self._incoming
        self.abort()
        if incoming is not None:
            incoming.complete = False
            incoming.fail(error())

    def _expect_within(self, patience: float) -> None:
        # One timer for the whole life: it looks when it fires whether something has come since.
        self._due = self._loop.time() + patience
        if self._timer is None or self._timer.when() > self._due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._timer = None
        incoming = self._incoming
        if incoming is None or self._paused:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look)
        elif incoming.abandoned:
            self.abort()
        else:
            self._give_up(timed_out)


def _says_its_length(incoming: Incoming) -> bool:
    headers = incoming.headers
    return "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()
