"""Finding and locking billing accounts: the lock under which all money of an organization moves."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings

from billing.errors import BillingError
from billing.models import BillingAccount, Mode


def account_of(organization_id: UUID) -> BillingAccount | None:
    """Return the account, made now if new organizations are billed here; None for one that is not billed."""
    account = BillingAccount.objects.filter(pk=organization_id).first()
    return account or _opened(organization_id)


def open_accounts(organization_ids: Collection[UUID]) -> None:
    """Make the accounts that are missing of these organizations, if new ones are billed here."""
    if settings.BILLING_MODE != "unbilled":
        there = set(BillingAccount.objects.filter(pk__in=organization_ids).values_list("pk", flat=True))
        for organization_id in sorted(set(organization_ids) - there):
            _opened(organization_id)


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


def _opened(organization_id: UUID) -> BillingAccount | None:
    if settings.BILLING_MODE == "unbilled":
        return None
    # Two at once open one: the second finds it.
    return BillingAccount.objects.get_or_create(pk=organization_id, defaults=_terms(Mode(settings.BILLING_MODE)))[0]


def _terms(mode: Mode) -> dict[str, object]:
    return {"mode": mode, "limit": 0 if mode == Mode.PREPAID else None}
