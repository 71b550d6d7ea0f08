"""Ten thousand calls at once on a balance of two dollars: nothing is spent twice, and no hold stays behind.

Each call asks for its permit, as the gateway does; nine in ten of those that get it are settled with what they cost,
and one in ten never is, as when a gateway is killed. BENCH_DATABASE_URL runs it on PostgreSQL (an empty database).
"""

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from bench.bar import Bar
from bench.isolated import isolated

CALLS = int(os.environ.get("HOLDS_CALLS", "10000"))
THREADS = 32
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
    with ThreadPoolExecutor(THREADS) as pool:
        shares = pool.map(lambda first: _calls(account, range(first, CALLS, THREADS)), range(THREADS))
        return [outcome for share in shares for outcome in share]


def _calls(account: Any, numbers: range) -> list[str]:
    from django.db import connections

    try:
        return [_call(account, random.Random(number)) for number in numbers]  # noqa: S311  not a secret
    finally:
        connections.close_all()


def _call(account: Any, chance: random.Random) -> str:
    from billing.permits import Permit
    from billing.settlement import settle_calls
    from billing.spending import permit
    from ledger.ids import new_id

    call_id = new_id()
    if permit(call_id, account.pk, model="llama", prompt=PROMPT, completion=COMPLETION) is not Permit.HELD:
        return "refused"
    if chance.random() < 0.1:
        return "lost"
    settle_calls([_made(call_id, account.pk, chance)])
    return "settled"


def _made(call_id: Any, organization_id: Any, chance: random.Random) -> Any:
    from ledger.ids import new_id
    from usage.calls import Call, Outcome

    prompt = chance.randint(1, PROMPT)
    return Call(
        id=call_id, organization_id=organization_id, project_id=new_id(), key_id=new_id(), model="llama",
        started_at=_now(), status=200, outcome=Outcome.COMPLETED, prompt_tokens=prompt,
        cached_tokens=chance.randint(0, prompt), completion_tokens=chance.randint(0, COMPLETION), latency_ms=1,
        first_token_ms=1, estimated=False,
    )  # fmt: skip


def _worst() -> int:
    return PROMPT * 180_000 + COMPLETION * 590_000


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
