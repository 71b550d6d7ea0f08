"""A process of the console's for the tests of faults: does what it is told, line by line, and answers in JSON."""

import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from ledger.ids import new_id  # noqa: E402
from llama_console.celery import app  # noqa: E402
from notifications import outbox, telling  # noqa: E402
from notifications.models import Heartbeat, OutboxMessage, Turn  # noqa: E402
from notifications.tasks import relay_outbox  # noqa: E402

_people: list[UUID] = []


class Took:
    """Measures the seconds that something took, save those in which a busy machine had no processor for it.

    Whatever else is waited for, such as a broker, counts.
    """

    seconds = 0.0

    def __enter__(self) -> "Took":
        self._began = time.monotonic() - _kept_waiting()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = time.monotonic() - _kept_waiting() - self._began


def _kept_waiting() -> float:
    """Return the seconds in which this thread could run and had no processor; Linux alone says it."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def put(count: int) -> list[Any]:
    """Put messages as a request does, and return the seconds that it took and their ids."""
    users = [
        User.objects.create_user(f"person.{timezone.now().timestamp()}.{n}@example.com", None) for n in range(count)
    ]
    with Took() as took, transaction.atomic():
        ids = [outbox.put("verify-email", user.pk, recipient_id=user.pk).pk for user in users]
    return [took.seconds, list(map(str, ids))]


def sign_up() -> list[Any]:
    """Sign up somebody new at the page; return the seconds that it took and the status of the answer."""
    form = {"email": f"newcomer.{time.monotonic()}@example.com", "password": "correct horse battery staple"}
    with Took() as took:
        answer = Client(headers={"host": "localhost"}).post("/sign-up/", form)
    return [took.seconds, answer.status_code]


def people(count: int) -> None:
    """Make the people whom `tell` tells things."""
    with transaction.atomic():
        _people.extend(User.objects.create_user(f"reader.{n}@example.com", None).pk for n in range(count))


def tell(kind: str) -> list[Any]:
    """Put a message to each of the people, in one transaction; return when it began and ended, in monotonic seconds."""
    began = time.monotonic()
    with transaction.atomic():
        for person in _people:
            outbox.put(kind, person, recipient_id=person)
    return [began, time.monotonic()]


def fan_out(kind: str, count: int) -> tuple[float, float]:
    """Put a message to so many readers at once; return the seconds that it took, and those of the processor."""
    began, worked = time.monotonic(), time.thread_time()
    telling.tell(kind, new_id(), [new_id() for _ in range(count)])
    return time.monotonic() - began, time.thread_time() - worked


def fan_out_memory(kind: str, count: int) -> int:
    """Return the most bytes that `fan_out` had at once; looking at that makes it slow."""
    tracemalloc.start()
    fan_out(kind, count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def states() -> dict[str, str]:
    return {
        str(message.pk): "sent"
        if message.sent_at
        else f"{'dead ' if message.failed_at else ''}{message.error or 'open'}"
        for message in OutboxMessage.objects.all()
    }


def relay() -> None:
    relay_outbox()


def turns() -> list[str]:
    return [turn.task for turn in Turn.objects.order_by("task")]


def is_working() -> bool:
    return Heartbeat.objects.filter(part="worker").exists()


def forget_queues(for_good: bool = False) -> None:
    with app.connection_for_write() as connection:
        for queue in settings.CELERY_TASK_QUEUES:
            bound = queue(connection.default_channel)
            bound.declare()
            bound.purge()
            if for_good:
                bound.delete()


VERBS: tuple[Callable[..., Any], ...] = (
    put,
    sign_up,
    people,
    tell,
    fan_out,
    fan_out_memory,
    states,
    relay,
    turns,
    is_working,
    forget_queues,
)


def main() -> None:
    verbs = {verb.__name__: verb for verb in VERBS}
    print("ready", flush=True)
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        print(json.dumps(verbs[verb](*arguments)), flush=True)


if __name__ == "__main__":
    main()
