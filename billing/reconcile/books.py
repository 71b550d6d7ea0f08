"""Whether each organization's books agree, and whether the calls, lines and revenue of recent invoices do.

A look without a lock may see half of a change, so what seems wrong is looked at again under the account's lock.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from billing.accounts import lock_account
from billing.books import disagreements
from billing.invoices.snapshot import posted
from billing.models import Account, BillingAccount, Invoice, Kind
from billing.reconcile.report import Report
from usage.models import UsageEvent

RECENT = timedelta(days=62)  # invoices that ended since are compared again
_Uneven = tuple[str, object, object, object]  # what, of which object, expected, found


def check_books(report: Report, accounts: QuerySet[BillingAccount], now: datetime) -> None:
    """Compare the books of accounts and their recent invoices."""
    report.look(_recent(now).filter(organization_id__in=accounts.values("pk")).count())
    for account in accounts.order_by("pk").iterator():
        report.look()
        if any(_uneven(account, now)):
            _write(report, account.pk, now)


def _write(report: Report, organization_id: UUID, now: datetime) -> None:
    with transaction.atomic():
        uneven = list(_uneven(lock_account(organization_id), now))
    for what, object_id, expected, found in uneven:
        report.find(what, object_id, expected=expected, found=found, organization_id=organization_id)


def _uneven(account: BillingAccount, now: datetime) -> Iterator[_Uneven]:
    for each in disagreements(account):
        yield f"books: {each.what}", account.pk, each.counted, each.kept
    for invoice in _recent(now).filter(organization_id=account.pk):
        yield from _uneven_usage(invoice)
        if not invoice.is_draft and sha256(bytes(invoice.snapshot)).hexdigest() != invoice.hash:
            yield "invoice: hash of its snapshot", invoice.pk, invoice.hash, "another"


def _uneven_usage(invoice: Invoice) -> Iterator[_Uneven]:
    calls = _total(UsageEvent.objects.filter(billed_in=invoice.pk))
    lines, revenue = _total(invoice.lines.order_by()), -posted(invoice, Kind.USAGE, Account.REVENUE)
    if lines != calls:
        yield "invoice: lines and calls", invoice.pk, calls, lines
    if revenue != calls:
        yield "invoice: revenue and calls", invoice.pk, calls, revenue


def _recent(now: datetime) -> QuerySet[Invoice]:
    return Invoice.objects.filter(end__gte=now - RECENT)


def _total(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)
