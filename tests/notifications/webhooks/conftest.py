"""A receiver on this machine that answers as it is told, and the endpoint that leads to it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from accounts.models import Organization
from ledger.actor import Actor
from notifications.models import Endpoint
from notifications.webhooks.actions import create_endpoint

OPERATOR = Actor.operator()


class Receiver(ThreadingHTTPServer):
    status, location = 204, ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=b"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_LOCALHOST = True
    server = Receiver()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def made(receiver: Receiver, organization: Organization) -> tuple[Endpoint, str]:
    return create_endpoint(
        OPERATOR, organization_id=organization.pk, url=receiver.url, kinds=["key.created", "key.revoked"]
    )
