"""Refunds that somebody made at Stripe, and not here: the credit goes as it does for a dispute that is lost.

What is left of it is taken, and what calls used of it is owed. Auto-recharge would buy it again, and is switched off.
From then on it is a refund like any other: paid, or failed, and then all of that is undone.
"""

from uuid import UUID

from django.db import transaction

from billing.accounts import lock_account
from billing.actions.topup_ends import STRIPE
from billing.clawback import lot_of, plan_clawback
from billing.credit import put_back
from billing.journal import post
from billing.models import Account, AutoRecharge, BillingAccount, Kind, Refund, TopUp
from catalog.money import CENT
from ledger.events import record_event
from ledger.models import Action


def take_foreign_refund(top_up_id: UUID, name: str, *, cents: int, total: int) -> Refund | None:
    """Write down a refund of so much credit, which pays back `total` with the tax on it, in cents; once for its name.

    None if no credit of the purchase is left to be refunded.
    """
    with transaction.atomic():
        account = lock_account(TopUp.objects.values_list("organization_id", flat=True).get(pk=top_up_id))
        if known := Refund.objects.filter(stripe_refund=name).first():
            return known
        top_up = TopUp.objects.get(pk=top_up_id)
        cents = min(cents, top_up.cents - top_up.refunded)
        if cents < 1:
            return None
        refund = Refund.objects.create(
            organization_id=account.pk, lot=lot_of(top_up), top_up=top_up, cents=cents, total=total, stripe_refund=name
        )
        _take(account, refund)
        top_up.refunded += cents
        top_up.save(update_fields=["refunded"])
        record_event(STRIPE, Action.REFUND_REQUESTED, target=refund.pk, organization_id=account.pk, cents=cents)
        _stop_recharge(account)
    return refund


def _take(account: BillingAccount, refund: Refund) -> None:
    amount = refund.cents * CENT
    plan = plan_clawback(refund.top_up, refund.lot, amount)
    amounts = {
        Account.CREDIT_PAID: plan.taken,
        Account.RECEIVABLE: plan.owed,
        Account.BREAKAGE: amount - plan.taken - plan.owed,  # it had expired, and is paid back all the same
        Account.REFUNDS: -amount,
    }
    posted = post(account, Kind.REFUND, f"refund:{refund.pk}", amounts, reference=refund.pk)
    if plan.taken:
        put_back(account, posted, refund.lot, -plan.taken)


def _stop_recharge(account: BillingAccount) -> None:
    if AutoRecharge.objects.filter(pk=account.pk, is_on=True).update(is_on=False, rests_until=None):
        stopped = Action.RECHARGE_STOPPED
        record_event(STRIPE, stopped, target=account.pk, organization_id=account.pk, because="refund")
