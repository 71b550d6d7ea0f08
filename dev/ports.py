"""The ports of a development run.

The console's and the gateway's are promised to people and scripts: a taken one is an error.
The outside world's are told to the other programs by environment, so a taken one just moves.
"""

import errno
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass


class PortError(Exception):
    """A port that was asked for cannot be had; the message names its variable."""


@dataclass(frozen=True, slots=True)
class Ports:
    console: int
    gateway: int
    outside: int
    smtp: int
    model: int
    stripe: int


def choose(environ: Mapping[str, str] = os.environ) -> Ports:
    console = _required("PORT", environ.get("PORT") or "8000")
    gateway = _required("API_PORT", environ.get("API_PORT") or "8001")
    if console == gateway:
        raise PortError(f"PORT and API_PORT are both {console}; they must differ.")
    used = {console, gateway}
    outside = [_preferred(port, used) for port in (8002, 8025, 8003, 8006)]
    return Ports(console, gateway, *outside)


def _required(variable: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PortError(f"{variable} is {text!r}; it must be a port number.")
    if not _is_free(int(text)):
        raise PortError(f"Port {text} is taken by another program. Stop it, or choose another: {variable}=… make run")
    return int(text)


def _preferred(port: int, used: set[int]) -> int:
    """Return the port, or any free one in its place, and note it as used."""
    while port in used or not _is_free(port):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
    used.add(port)
    return port


def _is_free(port: int) -> bool:
    # Browsers try ::1 first for "localhost": a stranger that listens there would answer in our place.
    with suppress(OSError):
        socket.create_connection(("::1", port), timeout=0.2).close()
        return False
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        if error.errno == errno.EACCES:
            raise PortError(f"Port {port} needs administrator rights; choose one above 1023.") from error
        return False
    return True
