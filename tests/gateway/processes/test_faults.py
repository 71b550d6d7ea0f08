"""Real gateways over real databases while clients leave, processes die, keys are revoked and money ends.

Small versions of `bench/faults`, which does the same a thousand times, also on PostgreSQL.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from bench.faults import balance, disconnects
from bench.faults.kills import Load
from bench.faults.model import Model, serving
from bench.faults.revocation import Asking
from tests.gateway.control.processes import Installation
from tests.gateway.fakes import eventually
from tests.gateway.processes.world import FEW_CENTS, LEAVING

CENT = 10**10  # pico-dollars


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of clients and model server, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.fixture(scope="module")
def model(loop: asyncio.AbstractEventLoop) -> Iterator[Model]:
    context = serving()
    yield asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result(5)
    asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result(5)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model: Model) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("faults"), world="tests.gateway.processes.world", upstream=model.port)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop, model: Model) -> Any:
    model.sent.clear()
    model.asked.clear()

    def to_the_end(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    return to_the_end


def held(house: Installation, name: str) -> int:
    """Return what is held of an organization's money and of its project's budget."""
    organization = house.keys[name]
    (account,), (budget,) = (
        house.query(f"SELECT held FROM {table} WHERE organization_id = '{organization}'")
        for table in ("billing_billingaccount", "billing_budget")
    )
    return int(str(account[0])) + int(str(budget[0]))


def events(house: Installation, name: str) -> list[tuple[Any, ...]]:
    """Return id, key, completion tokens and price of an organization's calls."""
    return house.query(
        "SELECT id, key_id, completion_tokens, amount FROM usage_usageevent "
        f"WHERE organization_id = '{house.keys[name]}'"
    )


def test_who_leaves_a_stream_pays_once_for_what_was_written(house: Installation, model: Model, run: Any) -> None:
    async def leave_all() -> list[Any]:
        slots = asyncio.Semaphore(10)
        secrets = [house.keys[f"leaving {number}"] for number in range(LEAVING)]
        return await asyncio.gather(
            *(disconnects.leave(slots, house.port, secret, number) for number, secret in enumerate(secrets))
        )

    answers = run(leave_all())
    eventually(lambda: len(events(house, "leaving")) >= len(model.asked) and not held(house, "leaving"), 20)
    billed = {key_id: tokens for _, key_id, tokens, _ in events(house, "leaving")}
    assert len(billed) == len(events(house, "leaving"))  # once a call
    key_ids = [house.keys[f"leaving {number} id"] for number in range(LEAVING)]
    assert {key_ids[number] for number in model.asked} <= set(billed)
    for number, answer in enumerate(answers):
        assert answer.words <= billed.get(key_ids[number], 0) <= model.sent[number]
    assert len({answer.words for answer in answers}) > 5  # they left at many points


def test_a_killed_gateway_loses_no_call_that_it_answered_whole(house: Installation, model: Model, run: Any) -> None:
    async def load_until_over() -> Load:
        await asyncio.gather(*(load.run() for _ in range(8)))
        return load

    load = Load(house.keys["killed 0"], house.port)
    thread = threading.Thread(target=lambda: run(load_until_over()))
    thread.start()
    eventually(lambda: len(load.received()) > 20, 20)
    house.kill()
    before = len(load.received())
    house.start()
    eventually(lambda: len(load.received()) > before + 20, 20)
    load.over = True
    thread.join(20)
    received = [answer.id.hex for answer in load.received() if answer.id]
    eventually(lambda: not any(path.stat().st_size for path in (house.var / "spool").glob("*.log")), 20)
    recorded = {event_id for event_id, *_ in events(house, "killed")}
    assert len(received) == len(set(received)) > 40
    assert set(received) <= recorded
    assert len(recorded) <= len(model.asked)
    counted = house.query(
        f"SELECT SUM(requests) FROM usage_hourlyusage WHERE organization_id = '{house.keys['killed']}'"
    )
    assert counted == [(len(recorded),)]


def test_a_revoked_key_works_nowhere_a_second_later(house: Installation, model: Model, run: Any) -> None:
    other = house.beside()
    other.start()
    try:
        asking = [Asking(each.port, house.keys["used 0"]) for each in (house, other)]
        thread = threading.Thread(target=lambda: run(_together(asking)))
        thread.start()
        eventually(lambda: all(each.worked_at for each in asking), 20)
        house.change("UPDATE keys_apikey SET revoked_at = datetime('now') WHERE id = ?", house.keys["used 0 id"])
        revoked_at = time.monotonic()
        time.sleep(1.5)
        for each in asking:
            each.over = True
        thread.join(20)
        assert all(each.worked_at - revoked_at < 1.0 + 0.1 for each in asking)  # a moment is the client's own
        assert all(each.answers[-1][1] == 401 for each in asking)
    finally:
        other.kill()


async def _together(asking: list[Asking]) -> None:
    await asyncio.gather(*(each.run() for each in asking))


def test_calls_at_once_spend_no_cent_twice(house: Installation, model: Model, run: Any) -> None:
    async def all_at_once() -> Counter[str]:
        return Counter(
            await asyncio.gather(*(balance.ask(house.port, house.keys["poor 0"], each) for each in range(200)))
        )

    outcomes = run(all_at_once())
    assert set(outcomes) <= {"200", "402", "left"}
    assert outcomes["200"] > 20
    assert outcomes["402"] > 20
    eventually(lambda: not held(house, "poor"), 20)
    assert 0 < sum(amount for *_, amount in events(house, "poor")) <= FEW_CENTS * CENT
    assert house.query(
        f"SELECT COUNT(*) FROM billing_billingaccount WHERE organization_id = '{house.keys['poor']}' AND credit < 0"
    ) == [(0,)]
