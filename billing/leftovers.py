"""What is left of credit that was bought, for who is about to leave: it can be paid back before, and not afterwards."""

from uuid import UUID

from django.db.models import Sum

from billing.models import BillingAccount, CreditLot, LotKind
from catalog.money import CENT


def left_to_refund(organization_id: UUID) -> int:
    """Return the whole cents that could be asked back now, of all that was bought; 0 for who is not billed."""
    account = BillingAccount.objects.filter(pk=organization_id).first()
    if account is None:
        return 0
    bought = CreditLot.objects.filter(organization_id=organization_id, kind=LotKind.PAID).spendable()
    left = int(bought.aggregate(all=Sum("remaining"))["all"] or 0)
    free = account.credit - account.frozen - account.held - (account.debt if account.is_prepaid else 0)
    return max(0, min(left, int(free))) // CENT
