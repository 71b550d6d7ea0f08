"""A nudge: asks a worker to look at the outbox now, instead of at beat's next turn. Nobody waits for it.

A broker that is away or silent costs a request nothing: one thread of the process talks to it. Nudges that come
meanwhile are one nudge.
"""

import logging
import os
import threading

log = logging.getLogger(__name__)
_CONFIRM = 1.0  # seconds that RabbitMQ has to say that it took a message
_wanted = threading.Event()
_lock = threading.Lock()
_owner = 0  # the process whose thread is running; a forked child has none


def nudge() -> None:
    """Ask for a look; returns at once and never fails."""
    _start()
    _wanted.set()


def _start() -> None:
    global _owner
    with _lock:
        if _owner != os.getpid():
            _owner = os.getpid()
            threading.Thread(target=_run, name="nudge", daemon=True).start()


def _run() -> None:
    from notifications.tasks import relay_outbox

    while True:
        _wanted.wait()
        _wanted.clear()
        try:
            relay_outbox.apply_async(expires=30, confirm_timeout=_CONFIRM)
        except Exception as error:  # any broker's own error: the message is safe in the outbox
            log.warning("broker not reached (%s); the relay will find the message", type(error).__name__)
