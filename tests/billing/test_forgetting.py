"""Forgetting calls: after so many months single calls go, their sums stay, and nobody is told that they differ."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import Organization
from billing.forgetting import forget_calls
from billing.invoices.closing import close_due
from billing.models import BillingAccount, Invoice
from billing.settlement import settle_calls
from tests.usage.test_recording import call
from usage.checking import check, spans
from usage.models import DailyTotal, UsageEvent
from usage.purging import kept_since

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def used(organization: Organization, account: BillingAccount) -> list[datetime]:
    """A call in each of ten months, all but the last one invoiced."""
    months = [datetime(2026, month, 5, 12, tzinfo=UTC) for month in range(2, 12)]
    BillingAccount.objects.update(created_at=months[0])
    settle_calls([call(organization_id=organization.pk, started_at=month) for month in months])
    close_due(NOW)
    return months


def test_without_a_number_of_months_calls_are_kept_for_good(used: list[datetime]) -> None:
    assert forget_calls(NOW) is None
    assert UsageEvent.objects.count() == len(used)


def test_calls_of_months_that_are_over_go_and_their_sums_stay(used: list[datetime], settings: Any) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    assert forget_calls(NOW) == kept_since() == datetime(2026, 5, 1, tzinfo=UTC)
    assert sorted(event.started_at.month for event in UsageEvent.objects.all()) == list(range(5, 12))
    assert DailyTotal.objects.count() == len(used)
    assert not [each for span in spans() for each in check(span, repair=True)]
    assert DailyTotal.objects.count() == len(used), "a repair removes nothing that cannot be counted again"


def test_calls_of_an_invoice_that_is_not_closed_are_kept(used: list[datetime], settings: Any) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    late = call(organization_id=Invoice.objects.all()[0].organization_id, started_at=NOW - timedelta(days=300))
    BillingAccount.objects.update(billed_until=None)
    draft = Invoice.objects.create(
        organization_id=late.organization_id,
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2026, 2, 1, tzinfo=UTC),
    )
    assert forget_calls(NOW) == draft.start
    assert UsageEvent.objects.count() == len(used)


def test_few_months_are_four(used: list[datetime], settings: Any) -> None:
    settings.USAGE_EVENT_MONTHS = 1
    assert forget_calls(NOW) == datetime(2026, 7, 1, tzinfo=UTC)


def test_an_invoice_without_its_calls_says_so_wherever_they_are_asked_for(
    used: list[datetime], settings: Any, as_owner: Client, organization: Organization
) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    forget_calls(NOW)
    first, last = Invoice.objects.closed().order_by("start")[0], Invoice.objects.closed().order_by("-start")[0]
    page = f"/o/{organization.slug}/billing/invoices"
    gone = as_owner.get(f"{page}/{first.number}/bundle/")
    assert gone.status_code == 410
    assert b"no longer kept" in gone.content
    shown = as_owner.get(f"{page}/{first.number}/").content
    assert b"no longer kept" in shown
    assert b"Download bundle" not in shown
    assert b"Download bundle" in as_owner.get(f"{page}/{last.number}/").content
    with pytest.raises(CommandError, match="no longer kept"):
        call_command("export_invoice", organization=organization.slug, number=first.number, stdout=StringIO())
