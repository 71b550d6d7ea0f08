"""Settling calls: usage, what is taken for it, and the lines of the invoice, in one transaction and exactly once.

Calls of organizations that are not billed are recorded and nothing else. A call that is there already changes nothing,
so a batch can be sent again after any crash.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from billing.accounts import lock_accounts, month_of
from billing.budgets import count_towards, lock_budgets
from billing.credit import plan_burn, spendable_lots, take
from billing.holds import release
from billing.invoices.drafts import Drafts, month_start
from billing.invoices.lines import add_to_lines
from billing.journal import post
from billing.models import Account, BillingAccount, Kind
from billing.opening import open_accounts
from usage.actions import add_events, rate_calls
from usage.calls import Call
from usage.key_use import add_uses
from usage.rated import RatedCall


def settle_calls(calls: Sequence[Call]) -> int:
    """Record calls, take what they cost and return how many were new."""
    events = rate_calls(calls)
    organizations = {event.organization_id for event in events}
    with transaction.atomic():
        open_accounts(organizations)
        accounts = lock_accounts(organizations)
        budgets = lock_budgets(events)
        drafts = Drafts(accounts)
        for event in events:
            event.billed_in = drafts.draft_for(event.organization_id, event.started_at)
        fresh = add_events(events)
        add_to_lines(fresh)
        add_uses(fresh, connection.vendor)
        release(fresh)
        count_towards(budgets, fresh)
        for organization_id, some in _grouped(fresh, attrgetter("organization_id")).items():
            if account := accounts.get(organization_id):
                _settle(account, some)
    return len(fresh)


def _settle(account: BillingAccount, events: Sequence[RatedCall]) -> None:
    # Credit is used for the earlier calls first.
    for draft_id, some in _grouped(sorted(events, key=attrgetter("started_at")), attrgetter("billed_in")).items():
        _charge(account, draft_id, some)
    _count_spent(account, events)


def _grouped(events: Iterable[RatedCall], key: Callable[[RatedCall], UUID]) -> dict[UUID, list[RatedCall]]:
    """Return the events of each organization or draft, in the order in which it comes first."""
    found: dict[UUID, list[RatedCall]] = {}
    for event in events:
        found.setdefault(key(event), []).append(event)
    return found


def _charge(account: BillingAccount, draft_id: UUID, events: Sequence[RatedCall]) -> None:
    """Take what the new events of one draft cost; the transaction names the draft, so that its invoice finds it."""
    amount = sum(event.amount for event in events)
    if not amount:
        return
    burnt = plan_burn(spendable_lots(account.pk) if account.credit else (), amount)
    # The key is the first new call's: it is new once.
    key = f"usage:{min(event.id for event in events)}"
    amounts = burnt.amounts() | {Account.REVENUE: -amount}
    take(post(account, Kind.USAGE, key, amounts, reference=draft_id), burnt.parts)


def _count_spent(account: BillingAccount, events: Sequence[RatedCall]) -> None:
    """Count what began this month towards the cap; what comes late from an earlier one was of that one."""
    now = timezone.now()
    month, began = month_of(now), month_start(now)
    if amount := sum(event.amount for event in events if event.started_at >= began):
        account.spent, account.spent_month = account.spent_in(month) + amount, month
        account.save(update_fields=["spent", "spent_month"])
