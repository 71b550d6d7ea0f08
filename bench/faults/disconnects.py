"""A thousand clients leave their streams at random points: before the first byte, after any event, at the last.

Each call that the model server was asked is billed once, for at least what its client had received and at most what
the model server had sent; afterwards nothing is held and no limit counts it. FAULTS_DISCONNECTS sets another number.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench.bar import Bar
from bench.faults import model as model_server
from bench.faults.client import Answer, Connection, Question
from bench.faults.installation import Installation, Tenant, installed, tenant, until
from bench.faults.model import Model

CALLS = int(os.environ.get("FAULTS_DISCONNECTS", "1000"))
_AT_ONCE = 32
_SETTLED = 60.0  # seconds
_EARLY = 0.05  # seconds in which those leave that wait for no byte


@dataclass(frozen=True, slots=True)
class Left:
    """What the clients received by call, what the model server sent, and what the gateway counts afterwards."""

    answers: list[Answer]
    model: Model
    running: int
    held: int


def bars() -> Iterator[Bar]:
    with installed() as installation:
        yield from measured(installation)


def measured(installation: Installation) -> Iterator[Bar]:
    left = tenant("disconnects", keys=CALLS)  # a key each, so that an event tells which call it is of
    yield from _bars(left, asyncio.run(_leave(installation, left)))


async def _leave(installation: Installation, left: Tenant) -> Left:
    async with model_server.serving() as model:
        gateway = installation.gateway(model.port)
        server = await asyncio.to_thread(gateway.__enter__)
        try:
            slots, secrets = asyncio.Semaphore(_AT_ONCE), list(left.keys)
            answers = await asyncio.gather(
                *(leave(slots, server.port, secret, number) for number, secret in enumerate(secrets))
            )
            await until(lambda: left.events().count() >= len(model.asked) and not left.held(), _SETTLED)
            running = await asyncio.to_thread(left.running, server)
            return Left(answers, model, running, await asyncio.to_thread(left.held))
        finally:
            await asyncio.to_thread(gateway.__exit__, None, None, None)


async def leave(slots: asyncio.Semaphore, port: int, secret: str, number: int) -> Answer:
    """Ask, leave at a point that the number says, and return what was received until then."""
    chance = random.Random(number)  # noqa: S311  not a secret
    question = Question(number, pace=chance.randint(0, 4))
    point = chance.choice(("first", "event", "event", "event", "event", "last"))
    async with slots:
        connection = await Connection.open(port)
        await connection.send(question.head(secret) + question.body())
        try:
            match point:
                case "first":
                    await asyncio.sleep(chance.random() * _EARLY)
                case "event":
                    events = chance.randint(0, question.events)  # none: after the head
                    while (
                        not connection.answer.status or connection.answer.words < events
                    ) and await connection.read():
                        pass
                case _:
                    while b"[DONE]" not in connection.answer.data and await connection.read():
                        pass
        finally:
            connection.leave(politely=chance.random() < 0.5)
    return connection.answer


def _bars(left: Tenant, seen: Left) -> Iterator[Bar]:
    key_ids = list(left.keys.values())
    events = list(left.events())
    of = Counter(event.key_id for event in events)
    received = {key_ids[number]: answer.words for number, answer in enumerate(seen.answers)}
    sent = {key_id: seen.model.sent[number] for number, key_id in enumerate(key_ids)}
    unbilled = sum(not of[key_ids[number]] for number in seen.model.asked)
    wrong = sum(not received[event.key_id] <= event.completion_tokens <= sent[event.key_id] for event in events)
    early = sum(not answer.status for answer in seen.answers)
    yield Bar(f"disconnects: not billed of {len(seen.model.asked)} of {CALLS} calls, {early} before a byte, that the "
              "model server was asked", unbilled, "calls", 0)  # fmt: skip
    yield Bar("disconnects: billed twice", sum(count - 1 for count in of.values()), "events", 0)
    yield Bar("disconnects: asked twice", sum(count - 1 for count in seen.model.asked.values()), "calls", 0)
    yield Bar("disconnects: billed less than arrived or more than was sent", wrong, "calls", 0)
    yield Bar("disconnects: held afterwards", seen.held, "pico-dollars", 0)
    yield Bar("disconnects: still counted by concurrent limits", seen.running, "calls", 0)
    yield Bar("disconnects: disagreements", len(left.disagreements()), "figures", 0)
