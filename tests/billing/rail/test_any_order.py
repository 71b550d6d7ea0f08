"""Webhooks of invoices, refunds and disputes: as often and in whatever order they come, each step is taken once."""

from contextlib import suppress
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from billing.actions.collecting import collect_due
from billing.actions.refunds import request_refund
from billing.actions.terms import set_terms
from billing.books import disagreements
from billing.models import (
    BillingAccount,
    CreditLot,
    Dispute,
    DisputeStatus,
    Invoice,
    InvoiceStatus,
    Kind,
    Mode,
    Refund,
    RefundStatus,
    StripeEvent,
    Transaction,
)
from billing.rail import inbox
from billing.rail.carrying import carry_out_due
from billing.rail.deeds.customers import customer_of
from billing.rail.effects import EFFECTS
from catalog.models import Model
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import buy, troubles
from tests.billing.rail.test_refunds import balances, charge_of
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import DAY, HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
ONCE = {Kind.PAYMENT: 1, Kind.TOP_UP: 1, Kind.FEE: 2, Kind.REFUND: 2, Kind.REFUND_PAID: 1, Kind.REFUND_FAILED: 1}
ONCE |= {Kind.DISPUTE: 1, Kind.DISPUTE_LOST: 1}


class _Died(Exception):
    pass


class Worker:
    """Takes what is told, and applies it in any order; every fifth time it dies before it commits."""

    def __init__(self, stripe: Stripe, copies: int) -> None:
        self.stripe, self.order = stripe, Random(7)
        stripe.deliveries(copies=copies, shuffled=True)

    def hear(self, share: float) -> None:
        for told in self.stripe.webhooks():
            inbox.receive(told["body"].encode(), told["signature"])
            if self.order.random() < share and (ids := known()):
                self.apply(Random(self.order.random()).sample(ids, 1)[0])

    def apply_all(self) -> None:
        for event_id in self.order.sample(ids := known(), len(ids)):
            self.apply(event_id)

    def apply(self, event_id: str) -> None:
        as_new(event_id)
        with suppress(_Died), transaction.atomic():
            inbox.apply(event_id)
            if self.order.random() < 0.2:
                raise _Died


def known() -> list[str]:
    return list(StripeEvent.objects.filter(type__in=EFFECTS).order_by("pk").values_list("pk", flat=True))


def as_new(event_id: str) -> None:
    StripeEvent.objects.filter(pk=event_id).update(state="received", leased_until=None, attempts=0)


def story(account: BillingAccount, stripe: Stripe, worker: Worker, share: float) -> None:
    """Have credit bought, a refund of it paid, one failed, the rest disputed; an invoice refused, and then paid."""
    set_terms(OPERATOR, account.pk, mode=Mode.POSTPAID)
    use(account, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    close_november(account)
    stripe.save_card(customer_of(account.pk), card="pm_card_chargeCustomerFail")
    collect_due()
    carry_out_due(timezone.now())
    set_terms(OPERATOR, account.pk, mode=Mode.PREPAID)
    stripe.submit(buy(account, 2000).stripe_session)
    worker.hear(share)
    for _ in range(4 if share else 1):
        worker.apply_all()
    lot = CreditLot.objects.get()
    stripe.control("refunds", how="pending")
    refunds = [request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=cents) for cents in (300, 400)]
    carry_out_due(timezone.now())
    worker.hear(share)
    for refund, succeeds in zip(refunds, (True, False), strict=True):
        refund.refresh_from_db()
        stripe.control(f"refunds/{refund.stripe_refund}/settlement", succeeds=succeeds)
        worker.hear(share)
    case = stripe.control("disputes", charge=charge_of(stripe))["id"]
    worker.hear(share)
    stripe.control(f"disputes/{case}/closure", won=False)
    worker.hear(share)
    stripe.advance(2 * HOUR)
    worker.hear(share)
    stripe.save_card(customer_of(account.pk))
    stripe.advance(4 * DAY)
    worker.hear(share)


def check(account: BillingAccount) -> None:
    account.refresh_from_db()
    assert disagreements(account) == []
    kinds = Transaction.objects.filter(kind__in=ONCE).values_list("kind", flat=True)
    assert {kind: list(kinds).count(kind) for kind in ONCE} == ONCE
    assert Invoice.objects.get().status == InvoiceStatus.PAID
    assert set(Refund.objects.values_list("status", flat=True)) == {RefundStatus.PAID, RefundStatus.FAILED}
    assert Dispute.objects.get().status == DisputeStatus.LOST
    assert (account.credit, account.owed, account.frozen) == (0, 0, 0)
    assert balances().get("dispute-loss", 0) == balances().get("refunds", 0) == 0
    for action in (Action.INVOICE_PAID, Action.REFUND_PAID, Action.REFUND_FAILED, Action.DISPUTE_LOST):
        assert AuditEvent.objects.filter(action=action).count() == 1
    assert OutboxMessage.objects.filter(kind="dispute").count() == 1
    assert OutboxMessage.objects.filter(kind="receipt").count() == 2


def test_each_event_fifty_times_in_any_order_with_crashes_has_one_effect(
    account: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    worker = Worker(stripe, copies=50)
    story(account, stripe, worker, share=0.3)
    for _ in range(6):  # what waits for another, or died, comes again
        worker.apply_all()
    check(account)
    assert troubles() == []


def test_whatever_order_they_are_heard_in_at_the_end_it_is_the_same(
    account: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    worker = Worker(stripe, copies=1)
    story(account, stripe, worker, share=0)
    ids = known()

    @profile(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(ids), max_size=60), st.permutations(ids), st.integers(0, 1000))
    def in_this_order(first: list[str], last: list[str], seed: int) -> None:
        worker.order = Random(seed)
        with transaction.atomic():
            for event_id in first:
                worker.apply(event_id)
            for event_id in [*last, *last]:  # one that has to wait for another comes again
                as_new(event_id)
                inbox.apply(event_id)
            check(account)
            transaction.set_rollback(True)

    in_this_order()
    for event_id in [*ids, *ids]:
        as_new(event_id)
        inbox.apply(event_id)
    check(account)
