"""Ten thousand calls at once on a balance of two dollars: nothing is spent twice, and no hold stays behind.

Four gateways lease credit, as `gateway/purses.py` does, and each lets its calls run at once; nine in ten of those that
get their share are settled with what they cost, and one in ten never is, as when a gateway is killed.
BENCH_DATABASE_URL runs it on PostgreSQL (an empty database).
"""

import asyncio
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from bench.bar import Bar
from bench.isolated import isolated

CALLS = int(os.environ.get("HOLDS_CALLS", "10000"))
GATEWAYS = 4
DOLLARS = 2
PROMPT, COMPLETION = 10_000, 5000  # the most tokens of each call


def bars() -> Iterator[Bar]:
    with isolated():
        from billing.books import disagreements
        from billing.holds import LIFETIME, sweep
        from billing.models import BillingAccount, Hold
        from catalog.money import PICO
        from ledger.ids import new_id

        account = _account(new_id())
        outcomes = _at_once(account)
        account.refresh_from_db()
        spent = DOLLARS * PICO - account.balance
        held = f"{outcomes.count('settled')} settled, {outcomes.count('lost')} never, of {CALLS}"
        yield Bar(f"overspent of {DOLLARS} dollars, {held}", max(0, spent - DOLLARS * PICO), "pico-dollars", 0)
        yield Bar("credit that no call could use", account.balance - account.held, "pico-dollars", _worst())
        sweep(_now() + LIFETIME + timedelta(seconds=1))
        account = BillingAccount.objects.get()
        yield Bar("holds left after their expiry", Hold.objects.count() + account.held, "holds", 0)
        yield Bar("disagreements in the books", len(disagreements(account)), "figures", 0)


def _account(organization_id: Any) -> Any:
    from django.db import transaction

    from billing.actions.terms import set_terms
    from billing.credit import give_credit
    from billing.models import LotKind, Mode
    from catalog.models import Model
    from catalog.money import PICO
    from catalog.prices import set_price
    from ledger.actor import Actor

    model = Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    rates = {"input_rate": 180_000, "cached_input_rate": 45_000, "output_rate": 590_000}
    set_price(Actor.operator(), model, **rates, effective_from=_now() - timedelta(days=1))
    account = set_terms(Actor.operator(), organization_id, mode=Mode.PREPAID)
    with transaction.atomic():
        give_credit(account, LotKind.PAID, DOLLARS * PICO, key="topup:bench")
    return account


def _at_once(account: Any) -> list[str]:
    with ThreadPoolExecutor(GATEWAYS) as pool:
        shares = pool.map(lambda first: asyncio.run(_gateway(account, range(first, CALLS, GATEWAYS))), range(GATEWAYS))
        outcomes = [outcome for share in shares for outcome in share]
    # Who was refused while all was held comes again now: until nothing is left that a call could have.
    while "settled" in (again := asyncio.run(_gateway(account, range(CALLS, CALLS + 50)))):
        outcomes += again
    return outcomes


async def _gateway(account: Any, numbers: range) -> list[str]:
    from gateway.purses import Purses
    from gateway.rooms import DjangoRooms

    rooms, made = DjangoRooms(), []
    purses = Purses(rooms)
    purses.start()
    writing = asyncio.create_task(_write(rooms, made))
    try:
        return await asyncio.gather(*(_call(purses, made, account.pk, number) for number in numbers))
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await asyncio.to_thread(rooms.record_calls, made)
        await purses.stop()
        rooms.close()


async def _write(rooms: Any, made: list[Any]) -> None:
    """Settle in batches, one after the other, as the gateway's writer does; what was taken twice counts once."""
    while True:
        await asyncio.sleep(0.05)
        if batch := made[:2000]:
            await asyncio.to_thread(rooms.record_calls, batch)
            del made[: len(batch)]


async def _call(purses: Any, made: list[Any], organization_id: Any, number: int) -> str:
    from billing.purses import Purse
    from gateway.purses import NotCovered

    chance = random.Random(number)  # noqa: S311  not a secret
    try:
        share = await purses.take((Purse(organization_id),), _worst())
    except NotCovered:
        return "refused"
    await asyncio.sleep(chance.random() / 10)
    share.end()
    if chance.random() < 0.1:
        return "lost"
    made.append(_made(share, organization_id, chance))
    return "settled"


def _made(share: Any, organization_id: Any, chance: random.Random) -> Any:
    from ledger.ids import new_id
    from usage.calls import Call, Outcome

    prompt = chance.randint(1, PROMPT)
    return Call(
        id=new_id(), organization_id=organization_id, project_id=new_id(), key_id=new_id(), model="llama",
        started_at=_now(), status=200, outcome=Outcome.COMPLETED, prompt_tokens=prompt,
        cached_tokens=chance.randint(0, prompt), completion_tokens=chance.randint(0, COMPLETION), latency_ms=1,
        first_token_ms=1, estimated=False, holds=share.holds, held=share.amount,
    )  # fmt: skip


def _worst() -> int:
    return PROMPT * 180_000 + COMPLETION * 590_000


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
