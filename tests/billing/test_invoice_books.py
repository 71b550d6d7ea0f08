"""Whatever is used, bought, closed and paid, in any order: books and invoices agree, and each invoice verifies."""

import contextlib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from billing.books import disagreements
from billing.credit import give_credit
from billing.errors import BillingError
from billing.invoices.closing import close_due, close_now
from billing.invoices.payments import mark_paid, mark_uncollectible, mark_void
from billing.invoices.snapshot import regenerate
from billing.models import Account, BillingAccount, Invoice, InvoiceStatus, Kind, LotKind, Mode, Posting
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from tests.support.invoices import NOON, exported, verify
from tests.usage.test_recording import call
from usage.models import UsageEvent

OPERATOR = Actor.operator()


class Invoices(RuleBasedStateMachine):
    """One organization, whose clock only goes forward."""

    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.account = BillingAccount.objects.create(pk=new_id(), mode=Mode.POSTPAID, limit=None)
        self.now: datetime = NOON
        self.used = 0

    def fresh(self) -> BillingAccount:
        self.account.refresh_from_db()
        return self.account

    def closed(self) -> list[Invoice]:
        return list(Invoice.objects.of(self.account.pk).closed().order_by("number"))

    @rule(hours=st.integers(1, 400))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(prompt=st.integers(0, 300_000), ago=st.integers(1, 1500), model=st.sampled_from(["llama", "none"]))
    def use(self, prompt: int, ago: int, model: str) -> None:
        began = self.now - timedelta(hours=ago)
        made = call(
            organization_id=self.account.pk, started_at=began, prompt_tokens=prompt, cached_tokens=0, model=model
        )
        settle_calls([made, made])
        self.used += prompt * 180_000 + 10 * 590_000 if model == "llama" else 0

    @rule(amount=st.integers(1, 20 * CENT), kind=st.sampled_from(LotKind))
    def buy(self, amount: int, kind: LotKind) -> None:
        give_credit(self.fresh(), kind, amount, key=f"credit:{new_id()}")

    @rule(mode=st.sampled_from(Mode))
    def switch(self, mode: Mode) -> None:
        BillingAccount.objects.filter(pk=self.account.pk).update(mode=mode, limit=0 if mode == Mode.PREPAID else None)

    @rule()
    def close(self) -> None:
        close_due(self.now)

    @rule()
    def close_at_once(self) -> None:
        with contextlib.suppress(BillingError):  # a late call of another clock
            close_now(OPERATOR, self.account.pk, now=self.now)

    @precondition(lambda self: self.closed())
    @rule(data=st.data(), what=st.sampled_from(["paid", "void", "uncollectible"]))
    def settle(self, data: st.DataObject, what: str) -> None:
        invoice = data.draw(st.sampled_from(self.closed()))
        with contextlib.suppress(BillingError):  # nothing of it is due
            if what == "uncollectible":
                mark_uncollectible(OPERATOR, self.fresh(), invoice)
            else:
                mark = mark_paid if what == "paid" else mark_void
                mark(OPERATOR, self.fresh(), invoice, key=f"{what}:{invoice.pk}", at=self.now)

    @invariant()
    def books_agree(self) -> None:
        assert disagreements(self.fresh()) == []
        assert sum(UsageEvent.objects.filter(organization_id=self.account.pk).values_list("amount", flat=True)) == (
            self.used
        )

    @invariant()
    def no_debt_is_negative(self) -> None:
        assert self.fresh().debt >= 0
        assert self.account.invoiced >= 0

    @invariant()
    def spans_follow_each_other_without_a_gap_that_usage_fell_into(self) -> None:
        spans = list(Invoice.objects.of(self.account.pk).order_by("start").values_list("start", "end"))
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert [each.number for each in self.closed()] == list(range(1, len(self.closed()) + 1))

    @invariant()
    def each_invoice_is_the_same_again_and_verifies(self) -> None:
        for invoice in self.closed():
            assert regenerate(invoice) == bytes(invoice.snapshot)
            assert verify(self.folder, exported(invoice)) == 0

    @invariant()
    def what_invoices_ask_for_is_in_whole_cents_and_rounding_is_at_most_half_of_one(self) -> None:
        closed = self.closed()
        asked = Posting.objects.filter(transaction__organization_id=self.account.pk, transaction__kind=Kind.INVOICE)
        assert sum(asked.filter(account=Account.INVOICED).values_list("amount", flat=True)) == (
            CENT * sum(invoice.due for invoice in closed)
        )
        for amount in asked.filter(account=Account.ROUNDING).values_list("amount", flat=True):
            assert 2 * abs(amount) <= CENT
        unpaid = [each for each in closed if each.status in (InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)]
        assert all(each.due > 0 and each.due_at for each in unpaid)


@pytest.mark.django_db
def test_invoices_and_books_agree_whatever_happens(llama: Model, tmp_path: Path) -> None:
    Invoices.folder = tmp_path
    run_state_machine_as_test(
        Invoices,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
