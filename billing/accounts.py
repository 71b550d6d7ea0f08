"""Finding and locking billing accounts: the lock under which all money of an organization moves."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from billing.errors import BillingError
from billing.models import BillingAccount


def lock_account(organization_id: UUID) -> BillingAccount:
    """Return the account, locked until the end of the transaction; BillingError `not-billed`."""
    account = BillingAccount.objects.select_for_update().filter(pk=organization_id).first()
    if not account:
        raise BillingError("not-billed", "This organization is not billed.")
    return account


def lock_accounts(organization_ids: Iterable[UUID]) -> dict[UUID, BillingAccount]:
    """Return the accounts that there are of these organizations, locked, always in the same order."""
    accounts = BillingAccount.objects.select_for_update().filter(pk__in=set(organization_ids)).order_by("pk")
    return {account.pk: account for account in accounts}


def month_of(moment: datetime) -> date:
    """Return the first day of a moment's calendar month, UTC."""
    return moment.astimezone(UTC).date().replace(day=1)
