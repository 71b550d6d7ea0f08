"""Holds: the worst case of a call set aside before it runs, so that no number of calls at once spends twice.

One conditional UPDATE decides, so the balance is never read and then believed. A hold ends with its call's settlement
or, if that never comes, at its expiry, which the gateway puts off while the call runs.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from billing.accounts import lock_account, month_of
from billing.models import BillingAccount, Hold

LIFETIME = timedelta(minutes=15)  # unless it is prolonged: a call may take longer
_BATCH = 500


def hold(call_id: UUID, organization_id: UUID, amount: int, *, now: datetime | None = None) -> bool:
    """Set an amount aside for a call; False if there is not so much to spend. The account must exist.

    A call holds once: IntegrityError for an id that holds already, and nothing is changed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        able = BillingAccount.objects.filter(pk=organization_id).able_to_spend(amount, month_of(now))
        if not able.update(held=F("held") + amount):
            return False
        Hold.objects.create(id=call_id, organization_id=organization_id, amount=amount, expires_at=now + LIFETIME)
    return True


def prolong(call_id: UUID, *, now: datetime | None = None) -> bool:
    """Begin a hold's time anew, for its call still runs; False if it has ended."""
    return bool(Hold.objects.filter(pk=call_id).update(expires_at=(now or timezone.now()) + LIFETIME))


def release(accounts: Mapping[UUID, BillingAccount], call_ids: list[UUID]) -> None:
    """End the holds that calls of these accounts have, under the accounts' locks; of some there may be none."""
    holds: dict[UUID, list[Hold]] = {}
    holding = [account.pk for account in accounts.values() if account.held]
    for each in Hold.objects.filter(pk__in=call_ids, organization_id__in=holding) if holding else ():
        holds.setdefault(each.organization_id, []).append(each)
    for organization_id, some in holds.items():
        _end(accounts[organization_id], some)


def sweep(now: datetime | None = None) -> int:
    """End the holds that are over, and return how many there were."""
    over = Hold.objects.filter(expires_at__lte=now or timezone.now())
    swept = 0
    for organization_id in over.values_list("organization_id", flat=True).distinct().order_by("organization_id"):
        while ended := _swept(organization_id, over):
            swept += ended
    return swept


def _swept(organization_id: UUID, over: QuerySet[Hold]) -> int:
    with transaction.atomic():
        account = lock_account(organization_id)
        batch = list(over.filter(organization_id=organization_id)[:_BATCH])
        _end(account, batch)
    return len(batch)


def _end(account: BillingAccount, holds: list[Hold]) -> None:
    if holds:
        Hold.objects.filter(pk__in=[each.pk for each in holds]).delete()
        account.held -= sum(each.amount for each in holds)
        account.save(update_fields=["held"])
