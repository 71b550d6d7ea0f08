"""Settling calls: usage, what is taken for it, and the lines of the invoice, in one transaction and exactly once.

Calls of organizations that are not billed are recorded and nothing else. A call that is there already changes nothing,
so a batch can be sent again after any crash.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from billing.accounts import lock_accounts, month_of
from billing.credit import plan_burn, spendable_lots, take
from billing.holds import release
from billing.invoices.drafts import Drafts
from billing.invoices.lines import add_to_lines
from billing.journal import post
from billing.models import Account, BillingAccount, Kind
from billing.opening import open_accounts
from usage.actions import add_events, rate_calls
from usage.calls import Call
from usage.models import UsageEvent


def settle_calls(calls: Sequence[Call]) -> int:
    """Record calls, take what they cost and return how many were new."""
    events = rate_calls(calls)
    organizations = {event.organization_id for event in events}
    with transaction.atomic():
        open_accounts(organizations)
        accounts = lock_accounts(organizations)
        _assign(events, accounts)
        fresh = add_events(events)
        add_to_lines(fresh)
        for organization_id, account in accounts.items():
            release(account, [event.pk for event in events if event.organization_id == organization_id])
            _settle(account, [event for event in fresh if event.organization_id == organization_id])
    return len(fresh)


def _assign(events: Iterable[UsageEvent], accounts: dict[UUID, BillingAccount]) -> None:
    drafts = {organization_id: Drafts(account) for organization_id, account in accounts.items()}
    for event in events:
        if found := drafts.get(event.organization_id):
            event.billed_in = found.draft_for(event.started_at)


def _settle(account: BillingAccount, events: Sequence[UsageEvent]) -> None:
    for draft_id, some in _by_draft(events).items():
        _charge(account, draft_id, some)
    if amount := sum(event.amount for event in events):
        _count_spent(account, amount)


def _by_draft(events: Iterable[UsageEvent]) -> dict[UUID, list[UsageEvent]]:
    """Return the events of each draft, the one of the earliest calls first."""
    found: dict[UUID, list[UsageEvent]] = {}
    for event in sorted(events, key=lambda event: event.started_at):
        if event.billed_in:
            found.setdefault(event.billed_in, []).append(event)
    return found


def _charge(account: BillingAccount, draft_id: UUID, events: Sequence[UsageEvent]) -> None:
    """Take what the new events of one draft cost; the transaction names the draft, so that its invoice finds it."""
    amount = sum(event.amount for event in events)
    if not amount:
        return
    burnt = plan_burn(spendable_lots(account.pk), amount)
    # The key is the first new call's: it is new once.
    key = f"usage:{min(event.pk for event in events)}"
    amounts = burnt.amounts() | {Account.REVENUE: -amount}
    take(post(account, Kind.USAGE, key, amounts, reference=draft_id), burnt.parts)


def _count_spent(account: BillingAccount, amount: int) -> None:
    month = month_of(timezone.now())
    account.spent, account.spent_month = account.spent_in(month) + amount, month
    account.save(update_fields=["spent", "spent_month"])
