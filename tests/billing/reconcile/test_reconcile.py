"""One run finds what was never told and repairs it, and tells of what it cannot repair."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Organization
from billing.actions.collecting import collect_due
from billing.actions.refunds import request_refund
from billing.actions.terms import set_terms
from billing.actions.topup_ends import pay_top_up
from billing.books import disagreements
from billing.models import (
    Account,
    BillingAccount,
    CreditLot,
    Dispute,
    DisputeStatus,
    Finding,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Kind,
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
from billing.rail import retention
from billing.rail.deeds.customers import customer_of
from billing.reconcile.running import RECONCILER, reconcile
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear, settle, troubles
from tests.billing.rail.test_refunds import charge_of
from tests.support.invoices import NOON, close_november, use
from tests.support.stripe import DAY, HOUR, Stripe

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


def test_a_fee_that_was_not_known_is_posted(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    stripe.fail("500", times=20, path="/v1/payment_intents", method="GET")
    hear(stripe)
    stripe.control("faults")
    assert not Transaction.objects.filter(kind=Kind.FEE).exists()
    assert found(run()) == [("movement: charge", True)]
    assert Transaction.objects.filter(kind=Kind.FEE).count() == 1


def test_money_that_is_for_nothing_of_ours_is_found(account: BillingAccount, stripe: Stripe) -> None:
    v1 = stripe.client().v1
    customer = v1.customers.create().id
    method = stripe.save_card(customer)
    v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "customer": customer,
            "payment_method": method,
            "confirm": True,
            "off_session": True,
        }
    )
    (finding,) = run().findings.all()
    assert (finding.what, finding.found, finding.is_repaired) == ("movement: charge", "nothing", False)


def test_a_refund_at_stripe_that_was_never_told_is_taken_over(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    hear(stripe)
    stripe.client().v1.refunds.create({"charge": charge_of(stripe), "amount": 100})
    StripeEvent.objects.bulk_create(  # it was told, and the effect was lost
        StripeEvent(
            id=each["id"], type=each["type"], object_id="", created=timezone.now(), livemode=False, state="done"
        )
        for each in stripe.happened()["events"]
        if each["type"].startswith(("refund", "credit_note"))
    )
    assert found(run()) == [("movement: refund", True)]
    assert TopUp.objects.get().refunded == 100
    assert found(run(hours=26)) == []


def test_a_refund_of_an_invoice_that_was_made_at_stripe_is_left_to_somebody(
    postpaid: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    stripe.save_card(customer_of(postpaid.pk))
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    close_november(postpaid)
    collect_due()
    settle()
    stripe.advance(2 * HOUR)
    hear(stripe)
    (charge,) = stripe.client().v1.charges.list().data
    stripe.client().v1.refunds.create({"charge": charge.id, "amount": 100})
    hear(stripe)
    assert ("movement: refund", False) in found(run())


def test_credit_that_no_money_stands_behind_is_found(account: BillingAccount, stripe: Stripe) -> None:
    pay_top_up(buy(account).pk, payment="pi_made_up")
    (finding,) = run().findings.all()
    assert (finding.what, finding.expected, finding.is_repaired) == ("movement: none of top-up", "pi_made_up", False)


def test_with_taxes_the_clearing_account_is_stripes_balance_to_the_cent(
    account: BillingAccount, stripe: Stripe, settings: Any
) -> None:
    settings.STRIPE_TAX = True
    stripe.control("taxes", DE=19)
    address = {"country": "DE", "line1": "Allee 1", "city": "Berlin", "postal_code": "10115"}
    stripe.submit(buy(account, 2000).stripe_session, address=address)
    hear(stripe)
    request_refund(OPERATOR, account.pk, lot_id=CreditLot.objects.get().pk, cents=1000)
    settle()
    hear(stripe)
    assert found(run()) == []
    clearing, tax = (_posted_to(name) for name in (Account.CLEARING, Account.TAX))
    moved = stripe.client().v1.balance_transactions.list({"limit": 100}).data
    assert clearing == sum(each.net for each in moved) * CENT
    assert tax == -190 * CENT


def _posted_to(account: Account) -> int:
    return int(Posting.objects.filter(account=account).aggregate(all=Sum("amount"))["all"])


def test_payouts_are_counted(account: BillingAccount, stripe: Stripe) -> None:
    bought(account, stripe)
    hear(stripe)
    stripe.advance(3 * DAY)
    first = run(days=4)
    assert first.payouts == 1
    assert first.paid_out > 0
    later = run(days=12)  # from where the first one began
    assert (later.moved, later.fees, later.payouts) == (0, 0, 0)


@pytest.mark.parametrize("what", ["credit", "owed", "held"])
def test_sums_that_do_not_agree_are_found_and_stay_open(postpaid: BillingAccount, stripe: Stripe, what: str) -> None:
    BillingAccount.objects.update(**{what: 7})
    first = run()
    assert (f"books: {what}", False) in found(first)
    finding = first.findings.get(what=f"books: {what}")
    assert (finding.expected, finding.found, finding.organization_id) == ("0", "7", postpaid.pk)
    BillingAccount.objects.update(**{what: 0})


def test_lines_that_are_not_the_sums_of_their_calls_are_found(
    account: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    use(account, timezone.now())
    line = InvoiceLine.objects.filter(amount__gt=0)[0]
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount + 1)
    assert ("invoice: lines and calls", False) in found(run())
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount)


def test_with_stripe_away_the_books_are_compared_all_the_same(account: BillingAccount, stripe: Stripe) -> None:
    stripe.away()
    first = run()
    assert {what for what, _ in found(first)} == {"Stripe did not answer"}
    assert first.checked == 1
    stripe.away(False)


def test_without_stripe_there_are_only_the_books(account: BillingAccount, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert found(run()) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_next_run_looks_from_where_the_last_complete_one_began(
    account: BillingAccount, stripe: Stripe, is_complete: bool
) -> None:
    bought(account, stripe)
    stripe.webhooks()  # delivered, as far as Stripe knows
    before = timezone.now() + timedelta(hours=2)
    ReconciliationRun.objects.create(started_at=before, ended_at=before if is_complete else None)
    assert ("event: checkout.session.completed" in dict(found(run(hours=3)))) is not is_complete


def test_what_stripe_could_not_deliver_is_found_however_long_ago(account: BillingAccount, stripe: Stripe) -> None:
    stripe.deliveries(dropped=1.0)
    bought(account, stripe)
    before = timezone.now() + timedelta(hours=2)
    ReconciliationRun.objects.create(started_at=before, ended_at=before)
    assert ("event: checkout.session.completed", True) in found(run(hours=3))


def test_the_command_lists_what_it_found_and_fails_while_something_is_open(
    account: BillingAccount, organization: Organization, stripe: Stripe, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reconcile", organization=organization.slug)
    assert capsys.readouterr().out == "1 checked, 0 found.\n"
    BillingAccount.objects.update(held=7)
    with pytest.raises(CommandError, match="1 open"):
        call_command("reconcile")
    assert f"open     books: held  {account.pk}  0 expected, 7 found" in capsys.readouterr().out
    BillingAccount.objects.update(held=0)


def test_runs_are_kept_ninety_days(account: BillingAccount) -> None:
    for days in (89, 91):
        made = ReconciliationRun.objects.create(started_at=timezone.now() - timedelta(days=days))
        Finding.objects.create(run=made, what="books: held")
    retention.purge()
    assert (ReconciliationRun.objects.count(), Finding.objects.count()) == (1, 1)


def test_foreign_organizations_are_not_in_a_run_of_one(account: BillingAccount, stripe: Stripe) -> None:
    BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID, held=7)
    assert found(reconcile(RECONCILER, account.pk)) == []
