"""What ends by itself: holds of calls that were never settled, and credit that is over."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_account
from billing.credit import end_lot
from billing.models import CreditLot


def expire_credit(now: datetime | None = None) -> int:
    """Expire what is left of lots that are over, and return how many; frozen ones wait for the end of their dispute."""
    over = CreditLot.objects.spendable().filter(expires_at__lte=now or timezone.now())
    return sum(_ended(lot) for lot in list(over.order_by("organization_id", "id")))


def _ended(lot: CreditLot) -> bool:
    with transaction.atomic():
        account = lock_account(lot.organization_id)
        return end_lot(account, CreditLot.objects.get(pk=lot.pk)) is not None
