"""The settler: a process of its own that carries usage from the spool to the database, so that calls never wait for it.

`python -m gateway.settler` is started by its gateway and lives until the gateway closes its input, or dies: then it
settles what is left and ends. It takes whatever segments nobody owns, also those of other gateways that died.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

_LOOK = 0.05  # seconds between looks for segments
_LAST = 30.0  # seconds for what is left in the end
_AGAIN = 1.0  # seconds before one that died is started again


class Settler:
    """The gateway's end of it: started, watched, started again, ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = float("-inf")

    def keep(self) -> None:
        """Start it if it does not run."""
        if self._process is not None and self._process.poll() is not None:
            log.error("settler: it ended with %d and is started again", self._process.returncode)
            self._process = None
        if self._process is None and self._clock() - self._started_at >= _AGAIN:
            self._started_at = self._clock()
            self._process = subprocess.Popen([sys.executable, "-m", "gateway.settler"], stdin=subprocess.PIPE)

    def end(self, patience: float) -> bool:
        """Have it settle what is left, and tell whether it did in so many seconds."""
        if self._process is None or self._process.stdin is None:
            return False
        self._process.stdin.close()
        try:
            return self._process.wait(patience) == 0
        except subprocess.TimeoutExpired:
            return False  # it goes on without us


def main() -> int:
    """Settle until the input ends."""
    # A signal to the whole group is for the gateway, which has calls to end first.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llama_console.settings")
    import django

    django.setup()
    from django.conf import settings

    from gateway.garbage import collect_seldom
    from gateway.rooms import DjangoRooms
    from gateway.spool import Spool
    from gateway.writer import Writer

    writer = Writer(Spool(settings.SPOOL_DIR), DjangoRooms(), pause=_LOOK, look_around=_LOOK)
    collect_seldom()
    writer.start()
    sys.stdin.buffer.read()
    return 0 if writer.stop(_LAST) else 1


if __name__ == "__main__":
    sys.exit(main())
