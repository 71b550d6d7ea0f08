"""The snapshot: canonical, complete, and made again byte by byte from what it was made of."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from billing.credit import give_credit
from billing.invoices.rated import event_lines, tally
from billing.invoices.snapshot import regenerate
from billing.models import BillingAccount, Invoice, LotKind
from catalog.models import Model, Price
from catalog.money import CENT
from tests.ledger import naive
from tests.support.invoices import END, NOON, START, close_november, exported, reprice, use, verify
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db


def said(invoice: Invoice) -> dict[str, Any]:
    snapshot: dict[str, Any] = json.loads(invoice.snapshot)
    return snapshot


def micros(moment: Any) -> int:
    return int(moment.timestamp()) * 1_000_000


def test_it_says_all_that_the_invoice_is_made_of(postpaid: BillingAccount, llama: Model) -> None:
    give_credit(postpaid, LotKind.PAID, CENT, key="topup:1")
    use(postpaid, NOON, prompt_tokens=1_000_000, cached_tokens=400_000, completion_tokens=0)
    invoice = close_november(postpaid)
    snapshot = said(invoice)
    root = snapshot.pop("usage").pop("root")
    assert len(root) == 64
    price = {"input": 180_000, "cached_input": 45_000, "output": 590_000}
    usage = 600_000 * 180_000 + 400_000 * 45_000
    assert snapshot == {
        "format": "llama-console-invoice/1",
        "organization": str(postpaid.pk),
        "number": 1,
        "mode": "postpaid",
        "currency": "usd",
        "start": micros(START),
        "end": micros(END),
        "closed": micros(invoice.closed_at),
        "lines": [
            {"model": "llama", "price_version": 1, "token_class": name, "calls": 1, "rate": rate}
            | {"tokens": tokens, "amount": tokens * rate, "cents": cents}
            for (name, rate), tokens, cents in zip(price.items(), (600_000, 400_000, 0), (11, 2, 0), strict=True)
        ],
        "prices": [{"model": "llama", "version": 1, "effective_from": micros(NOON - timedelta(days=400)), **price}],
        "amounts": {"usage": usage, "credit": CENT, "carried": 0, "rounding": 12 * CENT - usage + CENT},
        "cents": {"total": 13, "credit": 1, "carried": 0, "due": 12},
    }


def test_it_is_canonical_json_of_whole_numbers_and_its_hash_is_that_of_its_bytes(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid)
    invoice = close_november(postpaid)
    again = json.dumps(said(invoice), sort_keys=True, separators=(",", ":")).encode()
    assert bytes(invoice.snapshot) == again
    assert b"." not in again
    assert invoice.hash == sha256(again).hexdigest()


def test_it_is_the_same_again_after_prices_changed_and_more_was_used_and_paid(
    account: BillingAccount, llama: Model
) -> None:
    give_credit(account, LotKind.PAID, CENT, key="topup:1")
    use(account, NOON, prompt_tokens=1_000_000)
    invoice = close_november(account)
    reprice(llama, 7)
    use(account, NOON, END)
    give_credit(account, LotKind.PAID, 100 * CENT, key="topup:2")
    invoice.refresh_from_db()
    assert regenerate(invoice) == bytes(invoice.snapshot)


def test_it_is_not_the_same_again_if_a_call_changed(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, NOON)
    invoice = close_november(postpaid)
    first = Price.objects.get()
    event = UsageEvent.objects.filter(billed_in=invoice.pk)[0]
    event.prompt_tokens, event.amount = 101, event.amount + first.input_rate
    event.save()
    assert regenerate(invoice) != bytes(invoice.snapshot)


def test_a_model_without_a_price_stands_there_with_a_rate_of_nothing(postpaid: BillingAccount) -> None:
    use(postpaid, NOON, model="no price")
    snapshot = said(close_november(postpaid))
    assert {(line["price_version"], line["rate"], line["cents"]) for line in snapshot["lines"]} == {(0, 0, 0)}
    assert snapshot["prices"] == []


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5, 7, 8, 9])
def test_the_root_is_the_one_of_rfc_6962_over_the_calls_by_id(
    postpaid: BillingAccount, llama: Model, calls: int
) -> None:
    use(postpaid, *[NOON] * calls)
    invoice = Invoice.objects.get()
    lines = list(event_lines(invoice.pk))
    assert len(lines) == calls
    assert tally(invoice).root == naive.mth([naive.leaf(line) for line in lines])


def test_calls_stand_in_the_order_of_their_ids_whenever_they_began(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    ids = [json.loads(line)[0] for line in event_lines(Invoice.objects.get().pk)]
    assert ids == sorted(ids)


def test_a_name_of_a_model_in_any_letters_verifies(postpaid: BillingAccount, tmp_path: Any) -> None:
    use(postpaid, NOON, model='Lläma "4" \\ 🦙\x7f')
    assert verify(tmp_path, exported(close_november(postpaid))) == 0
