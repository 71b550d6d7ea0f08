"""A nudge: asks a worker to look at what waits now, instead of at beat's next turn. Nobody waits for it.

A broker that is away or silent costs a request nothing: one thread of the process talks to it. Nudges of one task that
come meanwhile are one nudge.
"""

import logging
import os
import threading

from celery import current_app

log = logging.getLogger(__name__)
_CONFIRM = 1.0  # seconds that RabbitMQ has to say that it took a message
_RELAY = "notifications.relay_outbox"
_wanted: set[str] = set()
_is_wanted = threading.Event()
_lock = threading.Lock()
_owner = 0  # the process whose thread is running; a forked child has none


def nudge(task: str = _RELAY) -> None:
    """Ask for a look of this task, which beat starts anyway; returns at once and never fails."""
    _start()
    with _lock:
        _wanted.add(task)
    _is_wanted.set()


def _start() -> None:
    global _owner
    with _lock:
        if _owner != os.getpid():
            _owner = os.getpid()
            threading.Thread(target=_run, name="nudge", daemon=True).start()


def _run() -> None:
    while True:
        _is_wanted.wait()
        _is_wanted.clear()
        for task in _taken():
            try:
                current_app.send_task(task, expires=30, confirm_timeout=_CONFIRM)
            except Exception as error:  # any broker's own error: what waits is safe in the database
                log.warning("broker not reached (%s); beat's next turn will find it", type(error).__name__)


def _taken() -> list[str]:
    with _lock:
        taken = sorted(_wanted)
        _wanted.clear()
    return taken
