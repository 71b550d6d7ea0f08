"""Ten thousand calls at once on a balance of two dollars, over HTTP through three gateways: nothing is spent twice.

One in ten clients leaves at once. Who was refused comes again until nothing is left that a call could have, as no money
is held in vain. FAULTS_CALLS sets another number.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from itertools import count

from bench.bar import Bar
from bench.faults.client import Connection, Question, call
from bench.faults.installation import Installation, Tenant, installed, tenant, until
from bench.faults.revocation import gateways

CALLS = int(os.environ.get("FAULTS_CALLS", "10000"))
DOLLARS = 2
GATEWAYS = 3
_MOST = 5000  # tokens of an answer
# Granian closes a connection whose request is not there in five seconds, which one client of thousands may miss.
_FINE = ("200", "402", "left", "turned away")
_SETTLED = 120.0  # seconds


def bars() -> Iterator[Bar]:
    with installed() as installation:
        yield from measured(installation)


def measured(installation: Installation) -> Iterator[Bar]:
    from catalog.money import PICO

    spending = tenant("balance", cents=100 * DOLLARS)
    outcomes, again = asyncio.run(_spend(installation, spending))
    spent = DOLLARS * PICO - spending.account.balance
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    failed = sum(number for outcome, number in (outcomes + again).items() if outcome not in _FINE)
    yield Bar(f"balance: overspent of {DOLLARS} dollars, {CALLS} at once: {told}", max(0, spent - DOLLARS * PICO),
              "pico-dollars", 0)  # fmt: skip
    yield Bar("balance: answers other than 200 and 402", failed, "answers", 0)
    yield Bar("balance: credit that no call could use", spending.account.balance, "pico-dollars", 1.1 * _MOST * 590_000)
    yield Bar("balance: held afterwards", spending.held(), "pico-dollars", 0)
    yield Bar("balance: disagreements", len(spending.disagreements()), "figures", 0)


async def _spend(installation: Installation, spending: Tenant) -> tuple[Counter[str], Counter[str]]:
    (secret,) = spending.keys
    numbers, again = count(), Counter[str]()
    async with gateways(installation, GATEWAYS) as servers:
        ports = [server.port for server in servers]

        async def some(number: int) -> Counter[str]:
            asked = [next(numbers) for _ in range(number)]
            found = await asyncio.gather(*(ask(ports[each % GATEWAYS], secret, each) for each in asked))
            return Counter(found)

        outcomes = await some(CALLS)
        while True:
            await until(lambda: not spending.held() and not installation.unsettled(), _SETTLED)
            if not (more := await some(50))["200"]:
                break
            again += more
        await until(lambda: not spending.held() and not installation.unsettled(), _SETTLED)
    return outcomes, again + more


async def ask(port: int, secret: str, number: int) -> str:
    chance = random.Random(number)  # noqa: S311  not a secret
    question = Question(number, events=chance.randint(1, _MOST), pace=0, stream=False, most=_MOST)
    try:
        if chance.random() < 0.1:
            connection = await Connection.open(port)
            await connection.send(question.head(secret) + question.body())
            await asyncio.sleep(chance.random())
            connection.leave(politely=False)
            return "left"
        return str((await call(port, secret, question)).status or "turned away")
    except OSError as error:
        return type(error).__name__
