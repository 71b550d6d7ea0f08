"""Free ports for programs that tests start."""

import random
import socket
from contextlib import suppress

# Below those that systems give to outgoing connections: nobody takes one of them before the program listens.
_FIRST, _LAST = 20_000, 32_000
_ANY = random.SystemRandom()  # hypothesis seeds the usual one alike in every worker


def free_port() -> int:
    while True:
        port = _ANY.randint(_FIRST, _LAST)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
