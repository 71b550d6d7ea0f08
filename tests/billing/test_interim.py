"""An interim close: the invoice ends at this moment, and the rest of the month has one of its own."""

from datetime import timedelta

import pytest

from billing.errors import BillingError
from billing.invoices.closing import GRACE, close_due, close_now
from billing.models import BillingAccount, Invoice
from catalog.models import Model
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.support.invoices import AFTER, END, NOON, START, agree, use
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
OPERATOR, MINUTE = Actor.operator(), timedelta(minutes=1)


def test_it_ends_now_and_later_usage_lands_in_a_draft_of_the_rest_of_the_month(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid, NOON - MINUTE)
    first = close_now(OPERATOR, postpaid.pk, now=NOON)
    use(postpaid, NOON + MINUTE)
    close_due(AFTER)
    agree(postpaid)
    spans = Invoice.objects.order_by("number").values_list("start", "end")
    assert list(spans) == [(START, NOON), (NOON, END)]
    assert first
    assert UsageEvent.objects.filter(billed_in=first.pk).count() == 1


def test_a_call_from_before_that_comes_after_it_is_on_the_next_invoice(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON - MINUTE)
    close_now(OPERATOR, postpaid.pk, now=NOON)
    use(postpaid, NOON - MINUTE)
    assert Invoice.objects.drafts().get().start == NOON
    agree(postpaid)


def test_again_at_the_same_moment_nothing_more_happens(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON - MINUTE)
    assert close_now(OPERATOR, postpaid.pk, now=NOON)
    assert close_now(OPERATOR, postpaid.pk, now=NOON) is None
    assert Invoice.objects.count() == 1


def test_the_month_before_that_waits_in_its_grace_is_closed_first(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, END)
    last = close_now(OPERATOR, postpaid.pk, now=END + MINUTE)
    assert last
    assert (last.number, last.start, last.end) == (2, END, END + MINUTE)
    agree(postpaid)


def test_who_ended_it_early_and_closed_it_stands_in_the_log(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON - MINUTE)
    close_now(OPERATOR, postpaid.pk, now=NOON)
    events = AuditEvent.objects.filter(action__in=[Action.INVOICE_ENDED, Action.INVOICE_CLOSED]).order_by("id")
    assert [(each.action, each.actor) for each in events] == [
        ("invoice:ended", str(OPERATOR)),
        ("invoice:closed", str(OPERATOR)),
    ]


def test_it_waits_where_a_clock_runs_ahead(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON + MINUTE)
    with pytest.raises(BillingError, match="clock"):
        close_now(OPERATOR, postpaid.pk, now=NOON)
    assert Invoice.objects.get().end == END


def test_one_that_was_ended_and_not_closed_is_closed_later_and_takes_no_more_usage(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid, NOON - MINUTE)
    Invoice.objects.update(end=NOON)  # as a crash after the first of two transactions leaves it
    BillingAccount.objects.update(billed_until=NOON)
    use(postpaid, NOON - MINUTE)
    assert close_due(NOON + GRACE) == 1
    assert UsageEvent.objects.filter(billed_in=Invoice.objects.get(number=1).pk).count() == 1
    agree(postpaid)


def test_who_is_not_billed_has_nothing_to_close(db: None) -> None:
    with pytest.raises(BillingError, match="not-billed"):
        close_now(OPERATOR, new_id(), now=NOON)
