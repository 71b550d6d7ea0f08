"""Holds: what calls under way can cost at most, set aside so that no number of calls at once spends twice.

A gateway holds for several calls ahead, each of which takes its share; near the end of the money it gets just what the
next call needs. One conditional UPDATE decides, so a balance is never read and then believed. A share ends with its
call's settlement. What never settles ends with its hold, at an expiry that the gateway puts off while it lives.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from billing.accounts import month_of
from billing.models import BillingAccount, Budget, Hold
from billing.permits import Refused
from billing.purses import Purse
from billing.refusals import why

LIFETIME = timedelta(minutes=15)  # unless it is prolonged: a call may take longer
_SHARE = 16  # of what is left, one hold takes at most this part ahead, so that others are not refused for it
_BATCH = 500


class Settled(Protocol):
    """What a settlement ends: a call's share of its holds."""

    @property
    def holds(self) -> Sequence[UUID]: ...

    @property
    def held(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Held:
    """So much was added to a hold, until then."""

    amount: int
    expires_at: datetime


def hold(hold_id: UUID, purse: Purse, need: int, *, wish: int = 0, now: datetime | None = None) -> Held | Refused:
    """Add to a hold at least what is needed and, of a purse that has plenty, up to what is wished for."""
    now = now or timezone.now()
    with transaction.atomic():
        for amount in _amounts(purse, need, wish, now):
            if _set_aside(purse, amount, now):
                _add(hold_id, purse, amount, now + LIFETIME)
                return Held(amount, now + LIFETIME)
        return why(purse, need, now)


def give_back(hold_id: UUID, purse: Purse, amount: int) -> None:
    """Take from a hold what no call needs; of one that is over nothing is left to take."""
    with transaction.atomic():
        _lock(purse)
        _reduce({hold_id: amount})


def prolong(hold_ids: Iterable[UUID], *, now: datetime | None = None) -> set[UUID]:
    """Begin the time of holds anew and return which of them still were."""
    with transaction.atomic():
        there = Hold.objects.select_for_update().filter(pk__in=list(hold_ids)).order_by("pk")
        found = set(there.values_list("pk", flat=True))
        Hold.objects.filter(pk__in=found).update(expires_at=(now or timezone.now()) + LIFETIME)
    return found


def release(calls: Iterable[Settled]) -> None:
    """End the shares of calls that settled, under the locks of their accounts and budgets."""
    shares: dict[UUID, int] = {}
    for call in calls:
        for hold_id in call.holds if call.held else ():
            shares[hold_id] = shares.get(hold_id, 0) + call.held
    if shares:
        _reduce(shares)


def sweep(now: datetime | None = None) -> int:
    """End the holds that are over, and return how many there were."""
    over = Hold.objects.filter(expires_at__lte=now or timezone.now())
    swept = 0
    for organization_id, budget_id in over.values_list("organization_id", "budget_id").distinct().order_by():
        while ended := _swept(Purse(organization_id, budget_id), over):
            swept += ended
    return swept


def _amounts(purse: Purse, need: int, wish: int, now: datetime) -> list[int]:
    """Return what to try: more than is needed only while that is a small part of what is left."""
    if wish <= need:
        return [need]
    left = _left(purse, now)
    ahead = wish if left is None else min(wish, left // _SHARE)
    return [ahead, need] if ahead > need else [need]


def _left(purse: Purse, now: datetime) -> int | None:
    """Return about what there is to spend; None if there is no end to it."""
    if purse.budget_id is None:
        account = BillingAccount.objects.filter(pk=purse.organization_id).first()
        return account.left(month_of(now)) if account else 0
    budget = Budget.objects.filter(pk=purse.budget_id).first()
    return budget.left(budget.began_at(now)) if budget else None


def _set_aside(purse: Purse, amount: int, now: datetime) -> bool:
    if purse.budget_id is None:
        able = BillingAccount.objects.filter(pk=purse.organization_id).able_to_spend(amount, month_of(now))
        return bool(able.update(held=F("held") + amount))
    budget = Budget.objects.filter(pk=purse.budget_id).first()
    if budget is None:
        return False
    able_budget = Budget.objects.filter(pk=budget.pk).able_to_spend(amount, budget.began_at(now))
    return bool(able_budget.update(held=F("held") + amount))


def _add(hold_id: UUID, purse: Purse, amount: int, expires_at: datetime) -> None:
    there = Hold.objects.filter(pk=hold_id)
    if not there.update(amount=F("amount") + amount, expires_at=expires_at):
        Hold.objects.create(
            id=hold_id,
            organization_id=purse.organization_id,
            budget_id=purse.budget_id,
            amount=amount,
            expires_at=expires_at,
        )


def _reduce(shares: Mapping[UUID, int]) -> None:
    """Take shares from holds, and from what their purses have held; a hold of which nothing is left goes."""
    for each in Hold.objects.filter(pk__in=list(shares)).order_by("pk"):
        _end(Hold.objects.filter(pk=each.pk), each, min(each.amount, shares[each.pk]))


def _end(row: QuerySet[Hold], each: Hold, amount: int) -> None:
    if amount == each.amount:
        row.delete()
    else:
        row.update(amount=F("amount") - amount)
    purse = Purse(each.organization_id, each.budget_id)
    _rows(purse).update(held=F("held") - amount)


def _swept(purse: Purse, over: QuerySet[Hold]) -> int:
    with transaction.atomic():
        _lock(purse)
        batch = list(over.filter(organization_id=purse.organization_id, budget_id=purse.budget_id)[:_BATCH])
        for each in batch:
            _end(Hold.objects.filter(pk=each.pk), each, each.amount)
    return len(batch)


def _lock(purse: Purse) -> None:
    list(_rows(purse).select_for_update().values_list("pk"))


def _rows(purse: Purse) -> "QuerySet[BillingAccount] | QuerySet[Budget]":
    if purse.budget_id is None:
        return BillingAccount.objects.filter(pk=purse.organization_id)
    return Budget.objects.filter(pk=purse.budget_id)
