"""What becomes of credit whose money goes back: what is left of it is taken, what calls used is owed, the rest expired.

Under the account's lock. Disputes and refunds at Stripe may each be over a part of one payment, so all count together.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum

from billing.models import Account, CreditLot, Dispute, Kind, LotKind, Posting, Refund, TopUp

_USED = (Kind.USAGE, Kind.REPAYMENT)


@dataclass(frozen=True, slots=True)
class Clawback:
    """Pico-dollars that are taken from the lot, and that are owed from now on."""

    taken: int
    owed: int


def lot_of(top_up: TopUp) -> CreditLot:
    """Return the credit that a paid top-up bought."""
    return CreditLot.objects.get(organization_id=top_up.organization_id, kind=LotKind.PAID, reference=str(top_up.pk))


def plan_clawback(top_up: TopUp, lot: CreditLot, amount: int) -> Clawback:
    """Say where so much of what was paid is taken from; what expired unused is nobody's debt."""
    taken = min(lot.remaining, amount)
    return Clawback(taken, min(amount - taken, max(0, _used(lot) - _owed_before(top_up.pk))))


def _used(lot: CreditLot) -> int:
    return int(lot.draws.filter(transaction__kind__in=_USED).aggregate(all=Sum("amount"))["all"] or 0)


def _owed_before(top_up_id: UUID) -> int:
    """Return what was used and is owed already, by disputes of the same payment and by refunds of it."""
    disputes = Dispute.objects.filter(top_up=top_up_id).values_list("pk", flat=True)
    refunds = Refund.objects.filter(top_up=top_up_id).values_list("pk", flat=True)
    of_disputes = Q(transaction__kind=Kind.DISPUTE_LOST, transaction__reference__in=[str(pk) for pk in disputes])
    of_refunds = Q(
        transaction__kind__in=(Kind.REFUND, Kind.REFUND_FAILED),
        transaction__reference__in=[str(pk) for pk in refunds],
    )
    owed = Posting.objects.filter(of_disputes | of_refunds, account=Account.RECEIVABLE)
    return int(owed.aggregate(all=Sum("amount"))["all"] or 0)
