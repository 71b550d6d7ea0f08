"""How refunds end: paid, or failed, and then the credit is back. Each under the account's lock, and once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.actions.dispute_steps import reclaim
from billing.actions.topup_ends import STRIPE
from billing.credit import put_back
from billing.journal import post
from billing.models import Account, BillingAccount, CreditLot, Kind, Refund, RefundStatus, TopUp
from catalog.money import CENT
from ledger.events import record_event
from ledger.models import Action


def note_refund(refund_id: UUID, *, total: int, name: str) -> None:
    """Note what is paid back, in cents, and what Stripe calls the refund; what was noted first stays."""
    Refund.objects.filter(pk=refund_id, stripe_refund="").update(stripe_refund=name, total=total)


def pay_refund(refund_id: UUID, now: datetime | None = None) -> None:
    """Post that it was paid back."""
    with transaction.atomic():
        account, refund = _locked(refund_id)
        if not refund.is_pending:
            return
        amounts = {Account.REFUNDS: refund.cents * CENT, Account.CLEARING: -refund.cents * CENT}
        post(account, Kind.REFUND_PAID, f"refund-paid:{refund.pk}", amounts, reference=refund.pk)
        _end(refund, RefundStatus.PAID, now)
        _record(Action.REFUND_PAID, refund)


def fail_refund(refund_id: UUID, code: str, now: datetime | None = None) -> None:
    """Give the credit back to its lot: Stripe refused the refund, or the money came back, maybe days after it went.

    What the bank took meanwhile, by a dispute that was lost, is not credit again.
    """
    with transaction.atomic():
        account, refund = _locked(refund_id)
        if refund.status == RefundStatus.FAILED:
            return
        source = Account.REFUNDS if refund.is_pending else Account.CLEARING
        amount = refund.cents * CENT
        amounts = {source: amount, Account.CREDIT_PAID: -amount}
        posted = post(account, Kind.REFUND_FAILED, f"refund-failed:{refund.pk}", amounts, reference=refund.pk)
        put_back(account, posted, CreditLot.objects.get(pk=refund.lot_id), amount)
        top_up = TopUp.objects.get(pk=refund.top_up_id)
        top_up.refunded -= refund.cents
        top_up.save(update_fields=["refunded"])
        reclaim(account, refund)
        refund.failure = code[:40]
        _end(refund, RefundStatus.FAILED, now)
        _record(Action.REFUND_FAILED, refund, because=refund.failure)


def _locked(refund_id: UUID) -> tuple[BillingAccount, Refund]:
    account = lock_account(Refund.objects.values_list("organization_id", flat=True).get(pk=refund_id))
    return account, Refund.objects.get(pk=refund_id)


def _end(refund: Refund, status: RefundStatus, now: datetime | None) -> None:
    refund.status, refund.ended_at = status, now or timezone.now()
    refund.save(update_fields=["status", "failure", "ended_at"])


def _record(action: Action, refund: Refund, **more: str) -> None:
    about: dict[str, str | int] = {"cents": refund.cents, **more}
    record_event(STRIPE, action, target=refund.pk, organization_id=refund.organization_id, **about)
