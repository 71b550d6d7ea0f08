"""Servers that stand where a provider should: one that never answers, and one that answers everything alike."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme


@contextmanager
def silent_port() -> Iterator[str]:
    """Yield an address that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@contextmanager
def answering(
    status: int,
    body: Any,
    *,
    described: Any = None,
    asked: list[str] | None = None,
    told: list[Any] | None = None,
    certificate: trustme.LeafCert | None = None,
    **headers: str,
) -> Iterator[str]:
    """Yield the address of a server that answers every request with this status and this JSON, or text.

    `described`, if given, is what KMS's DescribeKey answers. `asked` collects the paths of requests, `told` the
    JSON in them. With a certificate it speaks TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if asked is not None:
                asked.append(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if told is not None:
                told.append(json.loads(sent))
            if described and self.headers.get("X-Amz-Target", "").endswith(".DescribeKey"):
                self.say(200, described)
            else:
                self.say(status, body)

        def do_GET(self) -> None:
            self.do_POST()

        def say(self, status: int, body: Any) -> None:
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": len(text), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            _speak_tls(server, certificate)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
        server.shutdown()


def _speak_tls(server: ThreadingHTTPServer, certificate: trustme.LeafCert) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
