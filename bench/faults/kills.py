"""Fifty SIGKILLs under load: the gateway with its worker, every other time its settler too; then another starts.

What a client received whole is recorded once. A call that is not recorded costs no more than what was held for it, and
no hold outlives its expiry. FAULTS_KILLS sets another number.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from bench.bar import Bar
from bench.faults import model as model_server
from bench.faults.client import Answer, Question, call
from bench.faults.installation import Installation, Tenant, installed, kill, tenant, until
from bench.faults.model import Model

KILLS = int(os.environ.get("FAULTS_KILLS", "50"))
_CLIENTS = 16
_STARTED = 60.0  # seconds
_SETTLED = 60.0  # seconds
_OUTPUT = 590_000  # pico-dollars a token, as the house sells them


@dataclass(slots=True)
class Load:
    """Clients that ask one call after the other, of whichever gateway there is."""

    secret: str
    port: int = 0
    over: bool = False
    first: float = 0.0  # seconds at most until a gateway that listens has answered its first call whole
    longest: float = 0.0  # seconds of a call
    answers: list[Answer] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    async def run(self) -> None:
        while not self.over:
            number = next(self._numbers)
            chance = random.Random(number)  # noqa: S311  not a secret
            question = Question(number, events=chance.randint(1, 40), pace=chance.randint(0, 6), stream=number % 3 > 0)
            began = time.monotonic()
            try:
                self.answers.append(await call(self.port, self.secret, question))
                self.longest = max(self.longest, time.monotonic() - began)
            except OSError:
                await asyncio.sleep(0.05)  # there is none at the moment

    def received(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.complete and answer.status == 200]


def bars() -> Iterator[Bar]:
    with installed() as installation:
        yield from measured(installation)


def measured(installation: Installation) -> Iterator[Bar]:
    killed = tenant("kills")
    load, model = asyncio.run(_kill(installation, Load(*killed.keys)))
    yield from _bars(installation, killed, load, model)


async def _kill(installation: Installation, load: Load) -> tuple[Load, Model]:
    chance = random.Random(7)  # noqa: S311  not a secret
    async with model_server.serving() as model:
        clients: list[asyncio.Task[None]] = []
        for number in range(KILLS + 1):
            gateway = installation.gateway(model.port)
            server = await asyncio.to_thread(gateway.__enter__)
            try:
                load.port, before = server.port, len(load.received())
                clients = clients or [asyncio.create_task(load.run()) for _ in range(_CLIENTS)]
                started_at = time.monotonic()
                if not await until(lambda before=before: len(load.received()) > before, _STARTED):  # type: ignore[misc]
                    raise RuntimeError(f"The gateway answered nothing in {_STARTED:.0f} s after kill {number}.")
                load.first = max(load.first, time.monotonic() - started_at)
                await asyncio.sleep(chance.random())
                if number < KILLS:
                    kill(server, spare="gateway.settler" if number % 2 else "nothing")
                else:  # the last one lives, and settles what the others left
                    load.over = True
                    await asyncio.gather(*clients)
                    await until(lambda: not installation.unsettled(), _SETTLED)
            finally:
                await asyncio.to_thread(gateway.__exit__, None, None, None)
        return load, model


def _bars(installation: Installation, killed: Tenant, load: Load, model: Model) -> Iterator[Bar]:
    from django.utils import timezone

    from billing.holds import LIFETIME, sweep
    from billing.models import Hold

    recorded = set(killed.events().values_list("pk", flat=True))
    received = [answer.id for answer in load.received()]
    unbilled = len(model.asked) - len(recorded)
    missing = len(set(received) - recorded)
    yield Bar(f"kills: not recorded of {len(received)} calls received whole, {KILLS} kills", missing, "calls", 0)
    yield Bar("kills: from listening to the first whole answer", load.first, "s", 10)
    yield Bar("kills: the longest call", load.longest, "s", 30)
    yield Bar("kills: recorded and never asked", max(0, -unbilled), "calls", 0)
    yield Bar("kills: answers that are no answer", _broken(load), "answers", 0)
    beyond = max(0, sum(sorted(model.sent.values())[-unbilled:]) * _OUTPUT - killed.account.held) if unbilled > 0 else 0
    yield Bar(f"kills: {max(0, unbilled)} calls cut off, not billed beyond their holds", beyond, "pico-dollars", 0)
    yield Bar("kills: left in the spool", int(installation.unsettled()), "segments", 0)
    yield Bar("kills: disagreements", len(killed.disagreements()), "figures", 0)
    sweep(timezone.now() + LIFETIME + timedelta(seconds=1))
    left = Hold.objects.filter(organization_id=killed.organization_id).count()
    yield Bar("kills: held after its expiry", killed.held() + left, "pico-dollars and holds", 0)
    yield Bar("kills: disagreements after the holds' expiry", len(killed.disagreements()), "figures", 0)


def _broken(load: Load) -> int:
    """Return how many answers came whole and were neither 200 nor a refusal that says to come again."""
    return sum(answer.complete and answer.status not in (200, 503) for answer in load.answers)
