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
from usage.groups import Group
from usage.key_use import add_uses
from usage.rollups import lock_usage


def settle_calls(calls: Sequence[Call]) -> int:
    """Record calls, take what they cost and return how many were new."""
    events = rate_calls(calls)
    organizations = {event.organization_id.int: event.organization_id for event in events}.values()
    with transaction.atomic():
        open_accounts(organizations)
        accounts = lock_accounts(organizations)
        lock_usage(organizations)  # before the budgets, as who sets one does: where nobody is billed it is the one lock
        budgets = lock_budgets(events)
        drafts = Drafts(accounts)
        for event in events:
            event.billed_in = drafts.draft_for(event.organization_id, event.started_at)
        fresh, groups = add_events(events)
        add_to_lines(groups)
        add_uses(groups, connection.vendor)
        release(fresh)
        count_towards(budgets, groups)
        for organization_id, some in _by(groups, attrgetter("organization_id")).items():
            if account := accounts.get(organization_id):
                _settle(account, some)
    return len(fresh)


def _settle(account: BillingAccount, groups: Sequence[Group]) -> None:
    # Credit is used for the earlier calls first.
    for draft_id, some in _by(sorted(groups, key=attrgetter("hour")), attrgetter("billed_in")).items():
        _charge(account, draft_id, some)
    _count_spent(account, groups)


def _by(groups: Iterable[Group], key: Callable[[Group], UUID]) -> dict[UUID, list[Group]]:
    """Return the groups of each organization or draft, in the order in which it comes first."""
    found: dict[UUID, list[Group]] = {}
    for group in groups:
        found.setdefault(key(group), []).append(group)
    return found


def _charge(account: BillingAccount, draft_id: UUID, groups: Sequence[Group]) -> None:
    """Take what the new calls of one draft cost; the transaction names the draft, so that its invoice finds it."""
    amount = sum(group.amount for group in groups)
    if not amount:
        return
    burnt = plan_burn(spendable_lots(account.pk) if account.credit else (), amount)
    # The key is the first new call's: it is new once.
    key = f"usage:{min(group.first_id for group in groups)}"
    amounts = burnt.amounts() | {Account.REVENUE: -amount}
    take(post(account, Kind.USAGE, key, amounts, reference=draft_id), burnt.parts)


def _count_spent(account: BillingAccount, groups: Sequence[Group]) -> None:
    """Count what began this month towards the cap; what comes late from an earlier one was of that one."""
    now = timezone.now()
    month, began = month_of(now), month_start(now)
    if amount := sum(group.amount for group in groups if group.hour >= began):
        account.spent, account.spent_month = account.spent_in(month) + amount, month
        account.save(update_fields=["spent", "spent_month"])
