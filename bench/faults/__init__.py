"""What breaks while calls run: clients leave, gateways are killed, keys are revoked, thousands ask for the last dollar.

Over real gateways, each with its settler, and real databases; BENCH_DATABASE_URL (an empty database) takes PostgreSQL.
The model server counts what it sends of each call, so what is billed is compared with what was sent and what arrived.
"""

from collections.abc import Iterator

from bench.bar import Bar, Skipped
from bench.faults import balance, disconnects, kills, revocation
from bench.faults.installation import installed


def bars() -> Iterator[Bar | Skipped]:
    with installed() as installation:
        for part in (disconnects, kills, revocation, balance):
            yield from part.measured(installation)
