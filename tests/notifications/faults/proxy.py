"""A TCP proxy before a broker: passes everything on, refuses connections, or takes them and stays silent."""

import socket
import threading
from contextlib import suppress
from enum import Enum


class Mode(Enum):
    PASS = "pass"
    REFUSE = "refuse"
    SILENT = "silent"


class Proxy:
    """Listens on a free port of its own before `host:port`. Changing the mode ends the connections there are."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target, self._mode = target, Mode.PASS
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()

    def set(self, mode: Mode) -> None:
        self._mode = mode
        self._end_connections()
        if mode is Mode.REFUSE:
            self._close(self._listener)
            self._listener = None
        elif self._listener is None:
            self._listen()

    def close(self) -> None:
        self.set(Mode.REFUSE)

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port, self._listener = listener.getsockname()[1], listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self._sockets.append(client)
                if self._mode is Mode.PASS:
                    self._join(client)

    def _join(self, client: socket.socket) -> None:
        server = socket.create_connection(self._target)
        self._sockets.append(server)
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        self._close(source)
        self._close(sink)

    def _end_connections(self) -> None:
        while self._sockets:
            self._close(self._sockets.pop())

    @staticmethod
    def _close(connection: socket.socket | None) -> None:
        if connection:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
