"""A gateway for the console's tests: listens on a port, remembers what it was asked, and answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ledger.ids import new_id

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "StandIn"

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.secret = self.headers["Authorization"].removeprefix("Bearer ")
        self.request_id = str(new_id())
        self.server.asked.append(self)
        try:
            self.server.behaviour(self)
        except OSError:
            self.server.hung_up.set()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def whole(self, status: int, body: Any, **headers: str) -> None:
        sent = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json", "Content-Length": str(len(sent)), "X-Request-Id": self.request_id,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def start(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Request-Id", self.request_id)
        self.end_headers()

    def event(self, kind: str, text: str = "", **more: Any) -> None:
        told = {"event_type": kind, "delta": {"type": "text", "text": text}, **more}
        self.piece(b"data: " + json.dumps({"id": self.request_id, "event": told}).encode() + b"\n\n")

    def piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


class StandIn(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Handler] = []
        self.behaviour: Behaviour = says("Hello", ", ", "Olivia")
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def gateway() -> Iterator[StandIn]:
    stand_in = StandIn()
    thread = threading.Thread(target=stand_in.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield stand_in
    stand_in.shutdown()
    stand_in.server_close()
    thread.join()


def says(*pieces: str) -> Behaviour:
    """Answer well, in a stream or whole."""

    def behave(handler: Handler) -> None:
        if not handler.body.get("stream"):
            message = {"role": "assistant", "content": {"type": "text", "text": "".join(pieces)}, "stop_reason": "stop"}
            handler.whole(200, {"id": handler.request_id, "completion_message": message})
            return
        handler.start()
        handler.event("start")
        for piece in pieces:
            handler.event("progress", piece)
        handler.event("complete", stop_reason="stop")
        handler.end()

    return behave


def refuses(status: int, body: Any, **headers: str) -> Behaviour:
    return lambda handler: handler.whole(status, body, **headers)


def goes_on(handler: Handler) -> None:
    """Stream until somebody hangs up."""
    handler.start()
    while not handler.server.hung_up.wait(0.02):
        handler.event("progress", "and ")


def waits(handler: Handler) -> None:
    """Say nothing until the other side hangs up."""
    handler.connection.recv(1)
    handler.server.hung_up.set()


def breaks_off(handler: Handler) -> None:
    handler.start()
    handler.event("progress", "Hel")
    handler.close_connection = True
