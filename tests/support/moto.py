"""Amazon's services as moto's server simulates them, over HTTP."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from moto.server import ThreadedMotoServer


@contextmanager
def moto_server(service: str) -> Iterator[str]:
    """Yield its URL, once it has loaded a service, which takes it longer than its clients have patience."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    scope = f"AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/{service}/aws4_request"
    httpx.post(f"http://{host}:{port}", headers={"Authorization": scope}, timeout=60)
    yield f"http://{host}:{port}"
    server.stop()
