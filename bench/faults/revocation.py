"""How long a revoked key still works, in three gateways on one database and in one whose database falls silent.

FAULTS_KEYS sets how many keys are revoked. The silent database is PostgreSQL behind a proxy that is stopped.
"""

import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from urllib.parse import urlsplit

from bench.bar import Bar, Skipped
from bench.faults import model as model_server
from bench.faults.client import Connection, Question, call
from bench.faults.installation import Installation, Tenant, installed, tenant
from bench.servers.server import Server, free_port, running

KEYS = int(os.environ.get("FAULTS_KEYS", "20"))
GATEWAYS = 3
_CLIENTS = 2  # of each gateway
_BEFORE, _AFTER = 0.6, 1.6  # seconds of load around a revocation
_STARTED = 30.0  # seconds
_BELIEVED = 1.0  # seconds
_SILENT = (3.0, 8.0)  # seconds: shorter and longer than the gateway's patience with its database


def bars() -> Iterator[Bar | Skipped]:
    with installed() as installation:
        yield from measured(installation)


def measured(installation: Installation) -> Iterator[Bar | Skipped]:
    revoked = tenant("revocation", keys=2 * KEYS)
    secrets = list(revoked.keys)
    lasted, late = asyncio.run(_revoke_many(installation, revoked, secrets[:KEYS], secrets[KEYS:]))
    middle, least, most = statistics.median(lasted), min(lasted), max(lasted)
    told = f"of {KEYS} keys in {GATEWAYS} gateways, from {least:.2f} s, median {middle:.2f} s"
    yield Bar(f"revocation: the last 200 after the commit, {told}", most, "s", _BELIEVED)
    yield Bar("revocation: calls that began before it and whose body ended a second after it", late, "answers", 0)
    if not (database := os.environ.get("BENCH_DATABASE_URL")):
        yield Skipped("revocation: a database that falls silent", "it takes PostgreSQL in BENCH_DATABASE_URL")
        return
    silent = tenant("silence", keys=2 * len(_SILENT))
    with _proxy(installation, database) as (url, pid):
        believed, late, back = asyncio.run(_fall_silent(installation, silent, url, pid))
    yield Bar("revocation: the last 200 after the database fell silent", believed, "s", _BELIEVED)
    yield Bar("revocation: 200 for a key that was revoked in the silence", late, "answers", 0)
    yield Bar("revocation: until others work again after it", back, "s", 5)


@asynccontextmanager
async def gateways(installation: Installation, number: int, **more: str) -> AsyncIterator[list[Server]]:
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(model_server.serving())
        inner = ExitStack()
        stack.push_async_callback(asyncio.to_thread, inner.close)
        starts = [installation.gateway(model.port, name=f"gateway-{each}", **more) for each in range(number)]
        yield [await asyncio.to_thread(inner.enter_context, start) for start in starts]


async def _revoke_many(
    installation: Installation, revoked: Tenant, secrets: list[str], slow: list[str]
) -> tuple[list[float], int]:
    async with gateways(installation, GATEWAYS) as servers:
        lasted = [each for secret in secrets for each in await _last_answers(servers, revoked, secret)]
        late = [await _late_body(servers[number % GATEWAYS], revoked, secret) for number, secret in enumerate(slow[:3])]
        return lasted, sum(late)


async def _last_answers(servers: list[Server], revoked: Tenant, secret: str) -> list[float]:
    """Revoke a key that is in use, and return for how long after the commit each gateway still answered."""
    asking = [Asking(server.port, secret) for server in servers]
    tasks = [asyncio.create_task(each.run()) for each in asking for _ in range(_CLIENTS)]
    deadline = time.monotonic() + _STARTED
    while not all(each.worked_at for each in asking):  # a machine that does much else starts slowly
        if time.monotonic() > deadline:
            raise RuntimeError("A gateway did not answer before the revocation.")
        await asyncio.sleep(0.1)
    await asyncio.sleep(_BEFORE)
    committed = await asyncio.to_thread(_revoke, revoked, secret)
    await asyncio.sleep(_AFTER)
    for each in asking:
        each.over = True
    await asyncio.gather(*tasks)
    return [max(0.0, each.worked_at - committed) for each in asking]


class Asking:
    """Asks one gateway without pause, and notes when it last answered."""

    def __init__(self, port: int, secret: str) -> None:
        self._port, self.secret = port, secret
        self.over = False
        self.worked_at = 0.0
        self.answers: list[tuple[float, int]] = []

    async def run(self) -> None:
        while not self.over:
            answer = await call(self._port, self.secret, Question(0, events=1, pace=0, stream=False))
            now = time.monotonic()
            self.answers.append((now, answer.status))
            if answer.status == 200:
                self.worked_at = now
            await asyncio.sleep(0.005)


def _revoke(revoked: Tenant, secret: str) -> float:
    """Revoke a key and return when that was committed."""
    from django.db import connections

    from keys.actions import revoke_key
    from keys.models import ApiKey
    from ledger.actor import Actor

    revoke_key(Actor.operator(), ApiKey.objects.get(pk=revoked.keys[secret]))
    committed = time.monotonic()
    connections.close_all()
    return committed


async def _late_body(server: Server, revoked: Tenant, secret: str) -> bool:
    """Send a call's head, revoke its key, send its body when nobody may believe the key any more."""
    question = Question(0, events=1, pace=0)
    await call(server.port, secret, question)  # it is remembered
    connection = await Connection.open(server.port)
    await connection.send(question.head(secret) + question.body()[:10])
    await asyncio.sleep(0.3)
    await asyncio.to_thread(_revoke, revoked, secret)
    await asyncio.sleep(_BELIEVED + 0.1)
    await connection.send(question.body()[10:])
    while await connection.read():
        pass
    connection.leave()
    return connection.answer.status == 200


@contextmanager
def _proxy(installation: Installation, database: str) -> Iterator[tuple[str, int]]:
    """Yield an address of the database that goes through a proxy, and the proxy's process."""
    url, port = urlsplit(database), free_port()
    command = (sys.executable, "-m", "bench.faults.proxy", str(port), str(url.hostname), str(url.port or 5432))
    account = url.netloc.rpartition("@")[0]
    through = url._replace(netloc=f"{account}@127.0.0.1:{port}" if account else f"127.0.0.1:{port}")
    with running(command, name="proxy", port=port, path="", folder=installation.folder) as server:
        yield through.geturl(), server.pid


async def _fall_silent(installation: Installation, silent: Tenant, url: str, pid: int) -> tuple[float, int, float]:
    """Stop the way to the database, revoke a key meanwhile, and go on."""
    believed, late, back = 0.0, 0, 0.0
    secrets = iter(silent.keys)
    async with gateways(installation, 1, DATABASE_URL=url) as (server,):
        for seconds in _SILENT:
            gone, kept = (Asking(server.port, secret) for secret in (next(secrets), next(secrets)))
            tasks = [asyncio.create_task(each.run()) for each in (gone, kept) for _ in range(8)]
            await asyncio.sleep(_BEFORE)
            os.kill(pid, signal.SIGSTOP)
            stopped = time.monotonic()
            try:
                revoked_at = await asyncio.to_thread(_revoke, silent, gone.secret)
                await asyncio.sleep(seconds)
            finally:
                os.kill(pid, signal.SIGCONT)
            again = time.monotonic()
            await asyncio.sleep(10)
            gone.over = kept.over = True
            await asyncio.gather(*tasks)
            worked = [at for each in (gone, kept) for at, status in each.answers if status == 200]
            believed = max([believed, *(at - stopped for at in worked if at < again)])
            late += sum(status == 200 and at > revoked_at + _BELIEVED for at, status in gone.answers)
            back = max(
                back, min((at for at, status in kept.answers if status == 200 and at > again), default=1e9) - again
            )
    return believed, late, back
