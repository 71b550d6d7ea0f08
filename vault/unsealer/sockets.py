"""Where the unsealer listens: one socket for everybody, and beside it one for operators."""

from pathlib import Path


def operators_socket(socket: Path) -> Path:
    """Return the path of the operators' socket, which only the unsealer's own user may open."""
    return socket.with_suffix(".operators")
