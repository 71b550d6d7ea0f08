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
from billing.models import Account, BillingAccount, CreditLot, Kind, Posting, Refund, RefundStatus, TopUp
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
        amounts = {Account.REFUNDS: refund.cents * CENT, **_left(refund)}
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
        given = _given_back(account, refund)
        back = {Account.REFUNDS: refund.cents * CENT}
        if not refund.is_pending:
            back = {name: -amount for name, amount in _left(refund).items()}
        amounts = {**back, **{name: -amount for name, amount in given.items()}}
        posted = post(account, Kind.REFUND_FAILED, f"refund-failed:{refund.pk}", amounts, reference=refund.pk)
        if credit := given.get(Account.CREDIT_PAID):
            put_back(account, posted, CreditLot.objects.get(pk=refund.lot_id), credit)
        top_up = TopUp.objects.get(pk=refund.top_up_id)
        top_up.refunded -= refund.cents
        top_up.save(update_fields=["refunded"])
        reclaim(account, refund)
        refund.failure = code[:40]
        _end(refund, RefundStatus.FAILED, now)
        _record(Action.REFUND_FAILED, refund, because=refund.failure)


def _left(refund: Refund) -> dict[Account, int]:
    """Return what leaves us when it is paid: the money, and with it the tax on it that we had collected."""
    tax = (refund.total or refund.cents) - refund.cents
    return {Account.CLEARING: -(refund.cents + tax) * CENT, Account.TAX: tax * CENT}


def _given_back(account: BillingAccount, refund: Refund) -> dict[Account, int]:
    """Return what it was taken from; of what is owed as much as is owed still, the rest as credit."""
    taken = Posting.objects.filter(transaction__key=f"refund:{refund.pk}").exclude(account=Account.REFUNDS)
    given = {Account(name): int(amount) for name, amount in taken.values_list("account", "amount")}
    if owed := given.pop(Account.RECEIVABLE, 0):
        given[Account.RECEIVABLE] = min(owed, max(0, account.debt))
        given[Account.CREDIT_PAID] = given.get(Account.CREDIT_PAID, 0) + owed - given[Account.RECEIVABLE]
    return given


def _locked(refund_id: UUID) -> tuple[BillingAccount, Refund]:
    account = lock_account(Refund.objects.values_list("organization_id", flat=True).get(pk=refund_id))
    return account, Refund.objects.get(pk=refund_id)


def _end(refund: Refund, status: RefundStatus, now: datetime | None) -> None:
    refund.status, refund.ended_at = status, now or timezone.now()
    refund.save(update_fields=["status", "failure", "ended_at"])


def _record(action: Action, refund: Refund, **more: str) -> None:
    about: dict[str, str | int] = {"cents": refund.cents, **more}
    record_event(STRIPE, action, target=refund.pk, organization_id=refund.organization_id, **about)
