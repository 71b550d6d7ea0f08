"""Stopping: on SIGTERM calls in flight get their time, and what then still runs is ended and settled.

The server itself takes no new connections from then on and waits for those it has, for however long a stream is.
"""

import asyncio
import logging
import os
import signal

from gateway.upstream import Upstream

log = logging.getLogger(__name__)


def drain_on_sigterm(upstream: Upstream, seconds: float) -> None:
    """From now on let SIGTERM stop the server, and end the answers that are not over after so many seconds."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        log.warning("gateway: calls that ran for %g seconds after SIGTERM are ended", seconds)
        upstream.stop()

    def begin() -> None:
        loop.call_later(seconds, end)
        # granian has a handler of its own for either signal, and ours has just taken the place of one.
        os.kill(os.getpid(), signal.SIGINT)

    loop.add_signal_handler(signal.SIGTERM, begin)
