"""Forgetting calls: after so many months single calls go, their sums stay, and nobody is told that they differ."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import Organization
from billing.books import disagreements
from billing.errors import BillingError
from billing.forgetting import forget_calls
from billing.invoices.bundle import bundle, has_calls
from billing.invoices.closing import close_due
from billing.invoices.drafts import month_start
from billing.models import BillingAccount, Invoice
from billing.settlement import settle_calls
from catalog.models import Model
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
    assert forget_calls(NOW) == month_start(draft.start, back=1), "of the month before some calls may be in it"
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


def test_books_agree_without_the_calls_that_went(
    llama: Model, used: list[datetime], settings: Any, account: BillingAccount
) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    account.refresh_from_db()
    assert disagreements(account) == []
    forget_calls(NOW)
    assert disagreements(account) == []
    UsageEvent.objects.filter(started_at__gte=datetime(2026, 10, 1, tzinfo=UTC)).delete()
    assert [each.what for each in disagreements(account)] == ["usage in events"], "what should be there is missed"


@pytest.fixture
def late(llama: Model, organization: Organization, account: BillingAccount) -> Invoice:
    """The invoice of May, with a call of April that came when April's was closed."""
    april, may = datetime(2026, 4, 30, 12, tzinfo=UTC), datetime(2026, 5, 5, 12, tzinfo=UTC)
    BillingAccount.objects.update(created_at=april)
    settle_calls([call(organization_id=organization.pk, started_at=april)])
    close_due(may)
    settle_calls([call(organization_id=organization.pk, started_at=moment) for moment in (april, may)])
    return Invoice.objects.drafts().get(start=datetime(2026, 5, 1, tzinfo=UTC))


def test_an_invoice_that_lost_a_late_call_is_not_taken_away_as_if_it_were_whole(
    late: Invoice, settings: Any, account: BillingAccount
) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    close_due(NOW)
    late.refresh_from_db()
    assert has_calls(late)
    assert forget_calls(NOW) == late.start
    assert not has_calls(late)
    with pytest.raises(BillingError, match="forgotten"):
        bundle(late)
    account.refresh_from_db()
    assert disagreements(account) == []


def test_an_invoice_of_the_first_month_that_is_kept_has_its_calls(used: list[datetime], settings: Any) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    first = Invoice.objects.get(start=forget_calls(NOW))
    assert has_calls(first)


def test_late_calls_of_an_invoice_that_is_not_closed_are_kept_as_well(late: Invoice, settings: Any) -> None:
    settings.USAGE_EVENT_MONTHS = 6
    forget_calls(NOW)
    assert UsageEvent.objects.filter(billed_in=late.pk).count() == 2
    assert close_due(NOW) == 1
