"""The steps of a dispute, each under the account's lock and once, whichever is heard of first.

It is opened: the credit that was paid for is frozen, and people are told. The money is withdrawn, with a fee. Won, it
comes back and the credit is free again. Lost, what is left of the credit is taken, and what was used of it is owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing.accounts import lock_account
from billing.actions.topup_ends import STRIPE
from billing.audience import audience_of
from billing.clawback import lot_of, plan_clawback
from billing.credit import freeze, put_back, take, thaw
from billing.journal import is_posted, post
from billing.models import (
    Account,
    AutoRecharge,
    BillingAccount,
    CreditLot,
    Dispute,
    DisputeStatus,
    Invoice,
    Kind,
    Posting,
    Refund,
    TopUp,
)
from catalog.money import CENT
from ledger.events import record_event
from ledger.models import Action
from notifications.telling import tell


@dataclass(frozen=True, slots=True)
class Moved:
    """What Stripe moved for a dispute, in cents: the disputed amount, and its fee."""

    amount: int
    fee: int


def open_dispute(about: TopUp | Invoice, name: str, *, cents: int, reason: str) -> Dispute:
    """Write a dispute down, freeze what was paid for and tell people; the dispute as it is, if it was known."""
    if known := Dispute.objects.filter(stripe_dispute=name).first():
        return known
    to = audience_of(about.organization_id)
    with transaction.atomic():
        account = lock_account(about.organization_id)
        dispute, is_new = Dispute.objects.get_or_create(
            stripe_dispute=name,
            defaults={
                "organization_id": account.pk,
                "top_up": about if isinstance(about, TopUp) else None,
                "invoice": about if isinstance(about, Invoice) else None,
                "cents": cents,
                "reason": reason[:40],
            },
        )
        if is_new:
            if lot := _lot_of(dispute):
                freeze(account, lot, timezone.now())
            _record(Action.DISPUTE_OPENED, dispute, because=dispute.reason)
            tell("dispute", dispute.pk, to, key=f"dispute:{dispute.pk}")
    return dispute


def withdraw(dispute_id: UUID, moved: Moved) -> None:
    """Post that the money was withdrawn."""
    with transaction.atomic():
        account, dispute = _locked(dispute_id)
        key = f"dispute:{dispute.stripe_dispute}"
        if not is_posted(key):
            _post(account, Kind.DISPUTE, key, dispute, moved)
            _record(Action.DISPUTE_WITHDRAWN, dispute, fee=moved.fee)


def reinstate(dispute_id: UUID, moved: Moved) -> None:
    """Post that the money came back; of the fee what came back, too."""
    with transaction.atomic():
        account, dispute = _locked(dispute_id)
        key = f"dispute-won:{dispute.stripe_dispute}"
        if not is_posted(key):
            _post(account, Kind.DISPUTE_WON, key, dispute, Moved(-moved.amount, -moved.fee))


def win(dispute_id: UUID, now: datetime | None = None) -> None:
    """Let the credit be used again, unless another dispute is over it."""
    with transaction.atomic():
        account, dispute = _locked(dispute_id)
        if dispute.is_open:
            _end(dispute, DisputeStatus.WON, now)
            _free(account, dispute)
            _record(Action.DISPUTE_WON, dispute)


def lose(dispute_id: UUID, now: datetime | None = None) -> bool:
    """Take what is left of the credit, and have owed what was used of it; nothing is charged by itself any more.

    False while a refund of it is under way: what it leaves is not known before.
    """
    with transaction.atomic():
        account, dispute = _locked(dispute_id)
        if not dispute.is_open:
            return True
        if Refund.objects.pending().filter(top_up=dispute.top_up_id).exists():
            return False
        _end(dispute, DisputeStatus.LOST, now)
        _free(account, dispute)
        _claw_back(account, dispute)
        _record(Action.DISPUTE_LOST, dispute)
        if AutoRecharge.objects.filter(pk=account.pk, is_on=True).update(is_on=False, rests_until=None):
            stopped = Action.RECHARGE_STOPPED
            record_event(STRIPE, stopped, target=account.pk, organization_id=account.pk, because="dispute")
    return True


def reclaim(account: BillingAccount, refund: Refund) -> None:
    """Take what a failed refund gave back to its lot, as far as lost disputes are over it; under the account's lock."""
    lost = list(Dispute.objects.filter(top_up=refund.top_up_id, status=DisputeStatus.LOST).order_by("pk"))
    if not lost or not (lot := _lot_of(lost[-1])):
        return
    top_up = TopUp.objects.get(pk=refund.top_up_id)
    disputed = min(sum(each.cents for each in lost), top_up.cents - top_up.refunded) * CENT
    taken = min(lot.remaining, refund.cents * CENT, disputed - _lost_with(lost))
    if taken > 0:
        amounts = {Account.CREDIT_PAID: taken, Account.DISPUTE_LOSS: -taken}
        key = f"{_lost_key(lost[-1])}:{refund.pk}"
        put_back(account, post(account, Kind.DISPUTE_LOST, key, amounts, reference=lost[-1].pk), lot, -taken)


def _lost_with(lost: Sequence[Dispute]) -> int:
    """Return what was taken and is owed for lost disputes."""
    posted = Posting.objects.filter(
        transaction__organization_id=lost[0].organization_id,
        transaction__kind=Kind.DISPUTE_LOST,
        transaction__reference__in=[str(each.pk) for each in lost],
        account=Account.DISPUTE_LOSS,
    )
    return -int(posted.aggregate(all=Sum("amount"))["all"] or 0)


def _claw_back(account: BillingAccount, dispute: Dispute) -> None:
    lot = _lot_of(dispute)
    if lot and dispute.top_up:
        most = min(dispute.cents, dispute.top_up.cents - dispute.top_up.refunded) * CENT
        plan = plan_clawback(dispute.top_up, lot, most)
        taken, owed = plan.taken, plan.owed
    else:
        most = min(dispute.cents, dispute.invoice.due if dispute.invoice else 0) * CENT
        taken, owed = 0, most
    if taken or owed:
        amounts = {Account.CREDIT_PAID: taken, Account.RECEIVABLE: owed, Account.DISPUTE_LOSS: -taken - owed}
        posted = post(account, Kind.DISPUTE_LOST, _lost_key(dispute), amounts, reference=dispute.pk)
        if lot and taken:
            take(posted, [(lot, taken)])


def _lost_key(dispute: Dispute) -> str:
    return f"dispute-lost:{dispute.stripe_dispute}"


def _post(account: BillingAccount, kind: Kind, key: str, dispute: Dispute, moved: Moved) -> None:
    amounts = {
        Account.DISPUTE_LOSS: moved.amount * CENT,
        Account.FEES: moved.fee * CENT,
        Account.CLEARING: -(moved.amount + moved.fee) * CENT,
    }
    post(account, kind, key, amounts, reference=dispute.pk)


def _free(account: BillingAccount, dispute: Dispute) -> None:
    lot = _lot_of(dispute)
    if lot and not Dispute.objects.open().filter(top_up=dispute.top_up_id).exists():
        thaw(account, lot)


def _lot_of(dispute: Dispute) -> CreditLot | None:
    return lot_of(dispute.top_up) if dispute.top_up else None


def _locked(dispute_id: UUID) -> tuple[BillingAccount, Dispute]:
    account = lock_account(Dispute.objects.values_list("organization_id", flat=True).get(pk=dispute_id))
    return account, Dispute.objects.select_related("top_up", "invoice").get(pk=dispute_id)


def _end(dispute: Dispute, status: DisputeStatus, now: datetime | None) -> None:
    dispute.status, dispute.ended_at = status, now or timezone.now()
    dispute.save(update_fields=["status", "ended_at"])


def _record(action: Action, dispute: Dispute, **more: str | int) -> None:
    about: dict[str, str | int] = {"cents": dispute.cents, **more}
    record_event(STRIPE, action, target=dispute.pk, organization_id=dispute.organization_id, **about)
