import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest


class Counters(HTTPServer):
    """A gateway's counters: of each limit that is asked for, a tenth is left for 12 seconds."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Any] = []
        self.tokens: list[str] = []
        self.body: bytes | None = None  # in place of an answer


class _Handler(BaseHTTPRequestHandler):
    server: Counters

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        self.server.tokens.append(self.headers["Authorization"])
        told = [
            {"limit": each["limit"], "remaining": each["limit"] // 10, "resets_in": 12.0, "retry_in": 0}
            for each in asked
        ]
        body = json.dumps(told).encode() if self.server.body is None else self.server.body
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def counters(settings: Any) -> Iterator[Counters]:
    server = Counters()
    settings.GATEWAY_URL = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    """Unless a test says so, there is no gateway."""
    settings.GATEWAY_URL = "http://127.0.0.1:1"
