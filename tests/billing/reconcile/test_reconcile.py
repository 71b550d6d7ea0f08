"""One run finds what was never told and repairs it, and tells of what it cannot repair."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organization
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
    Mode,
    Posting,
    ReconciliationRun,
    Refund,
    RefundStatus,
    StripeEvent,
    TopUp,
    TopUpStatus,
    Transaction,
)
from billing.rail.deeds.customers import customer_of
from billing.reconcile.running import RECONCILER, reconcile
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.billing.rail.test_refunds import charge_of
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import HOUR, Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def run(**later: float) -> ReconciliationRun:
    """Reconcile as if it were later, so that nothing is on its way any more."""
    return reconcile(RECONCILER, now=timezone.now() + timedelta(**(later or {"hours": 2})))


def found(run: ReconciliationRun) -> list[tuple[str, bool]]:
    return list(run.findings.values_list("what", "is_repaired"))


def bought(account: BillingAccount, stripe: Stripe, cents: int = 2000) -> TopUp:
    top_up = buy(account, cents)
    stripe.submit(top_up.stripe_session)
    return top_up


def test_where_all_was_told_nothing_is_found(account: BillingAccount, stripe: Stripe, llama: Model) -> None:
    bought(account, stripe)
    hear(stripe)
    use(account, timezone.now())
    request_refund(OPERATOR, account.pk, lot_id=CreditLot.objects.get().pk, cents=300)
    hear(stripe)
    stripe.control("disputes", charge=charge_of(stripe))
    hear(stripe)
    first = run()
    assert found(first) == []
    assert first.ended_at
    assert first.checked > 10
    assert (first.moved, first.paid_out) == (2000 - 300 - 1700, 0)
    assert AuditEvent.objects.filter(action=Action.RECONCILED).count() == 1
    assert found(run(hours=26)) == []


def test_a_purchase_that_was_never_told_is_credit_after_one_run(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    stripe.webhooks()  # and lost
    first = run()
    account.refresh_from_db()
    assert account.balance == 2000 * CENT
    assert {is_repaired for _, is_repaired in found(first)} == {True}
    assert "event: checkout.session.completed" in dict(found(first))
    assert found(run(hours=26)) == []


def test_what_happened_is_found_without_events_too(account: BillingAccount, stripe: Stripe) -> None:
    top_up = bought(account, stripe)
    stripe.webhooks()
    StripeEvent.objects.bulk_create(  # they came, and their effect was lost
        StripeEvent(
            id=each["id"], type=each["type"], object_id="", created=timezone.now(), livemode=False, state="done"
        )
        for each in stripe.happened()["events"]
    )
    assert found(run()) == [("top up at Stripe", True)]
    top_up.refresh_from_db()
    assert top_up.status == TopUpStatus.PAID


def test_what_is_younger_than_ten_minutes_may_be_on_its_way(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    assert found(run(minutes=5)) == [("movement: charge", True)]  # the money itself is never on its way


@pytest.mark.parametrize("seed", range(3))
def test_with_a_tenth_of_the_webhooks_dropped_one_run_reconciles_all(
    account: BillingAccount, stripe: Stripe, llama: Model, seed: int
) -> None:
    expected = _everything(account, stripe)
    others = [_other(account, number) for number in range(2)]
    outcomes = []
    for each in others:
        stripe.deliveries(dropped=0.1 if each is others[0] else 0.9, seed=seed)
        outcomes.append(_everything(each, stripe))
    first = run(hours=12)
    assert [str(each) for each in first.findings.filter(is_repaired=False)] == []
    assert first.findings.exists()
    for each in others:
        assert _state(each) == expected
    assert outcomes[1] != expected  # or nothing was missed that mattered
    assert troubles() == []
    assert found(run(hours=36)) == []


def _other(account: BillingAccount, number: int) -> BillingAccount:
    organization = Organization.objects.create(name=f"Llamas {number}", slug=f"llamas-{number}")
    return set_terms(OPERATOR, organization.pk, mode=Mode.PREPAID)


def _everything(account: BillingAccount, stripe: Stripe) -> object:
    """Owe and pay an invoice, then buy, refund, dispute and win, dispute and lose; hear what is delivered."""
    set_terms(OPERATOR, account.pk, mode=Mode.POSTPAID)
    use(account, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=100_000_000)
    close_november(account)
    stripe.save_card(customer_of(account.pk))
    collect_due()
    settle()
    stripe.advance(2 * HOUR)
    hear(stripe)
    set_terms(OPERATOR, account.pk, mode=Mode.PREPAID)
    for cents, won in ((1000, True), (1500, None), (1200, False)):
        _purchase(account, stripe, cents, won=won)
    return _state(account)


def _purchase(account: BillingAccount, stripe: Stripe, cents: int, *, won: bool | None) -> None:
    top_up = bought(account, stripe, cents)
    hear(stripe)
    if not TopUp.objects.get(pk=top_up.pk).is_paid:  # so that the story goes on
        reconcile(RECONCILER, account.pk, now=timezone.now() + timedelta(hours=2))
    top_up.refresh_from_db()
    lot = CreditLot.objects.get(reference=str(top_up.pk))
    request_refund(OPERATOR, account.pk, lot_id=lot.pk, cents=200)
    hear(stripe)
    if won is not None:
        charge = stripe.client().v1.payment_intents.retrieve(top_up.stripe_payment).latest_charge
        case = stripe.control("disputes", charge=charge)["id"]
        hear(stripe)
        stripe.control(f"disputes/{case}/closure", won=won)
        hear(stripe)


def _state(account: BillingAccount) -> object:
    account.refresh_from_db()
    assert disagreements(account) == []
    sums: dict[str, int] = {}
    for name, amount in Posting.objects.filter(transaction__organization_id=account.pk).values_list(
        "account", "amount"
    ):
        sums[name] = sums.get(name, 0) + amount
    ends = [
        sorted(kind.objects.filter(organization_id=account.pk).values_list("status", flat=True))  # type: ignore[attr-defined]
        for kind in (TopUp, Refund, Dispute, Invoice)
    ]
    kinds = sorted(Transaction.objects.filter(organization_id=account.pk).values_list("kind", flat=True))
    return sums, ends, kinds


def test_a_payment_of_an_invoice_that_was_never_told_is_found(
    postpaid: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    invoice = close_november(postpaid)
    stripe.save_card(customer_of(postpaid.pk))
    collect_due()
    settle()
    stripe.advance(2 * HOUR)
    stripe.webhooks()
    assert reconcile(RECONCILER, postpaid.pk, now=timezone.now() + timedelta(days=40)).findings.get().is_repaired
    invoice.refresh_from_db()
    assert invoice.status == InvoiceStatus.PAID
    assert {repaired for _, repaired in found(run())} == {True}


def test_a_refund_and_a_dispute_whose_ends_were_never_told_are_found(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    hear(stripe)
    stripe.control("refunds", how="pending")
    refund = request_refund(OPERATOR, account.pk, lot_id=CreditLot.objects.get().pk, cents=300)
    hear(stripe)
    case = stripe.control("disputes", charge=charge_of(stripe))["id"]
    hear(stripe)
    refund.refresh_from_db()
    stripe.control(f"refunds/{refund.stripe_refund}/settlement", succeeds=True)
    stripe.control(f"disputes/{case}/closure", won=True)
    stripe.webhooks()
    later = timezone.now() + timedelta(hours=2)
    assert found(reconcile(RECONCILER, account.pk, now=later)) == [
        ("refund at Stripe", True),
        ("dispute at Stripe", True),
    ]
    assert (Refund.objects.get().status, Dispute.objects.get().status) == (RefundStatus.PAID, DisputeStatus.WON)
