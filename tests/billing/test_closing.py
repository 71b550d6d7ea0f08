"""Closing: each month's usage becomes one invoice, exactly, and nothing else does."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from billing.errors import BillingError
from billing.invoices.closing import CLOSER, GRACE, close_due, close_invoice
from billing.models import (
    Account,
    BillingAccount,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Kind,
    Mode,
    Posting,
    Transaction,
)
from billing.settlement import settle_calls
from billing.tasks import close_invoices
from catalog.models import Model
from catalog.money import CENT
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications.models import Channel, Endpoint, OutboxMessage
from tests.support.flush import without_guards
from tests.support.invoices import AFTER, COST, END, MILLION, NOON, START, agree, close_november, use
from tests.usage.test_recording import call
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db


def test_what_is_used_in_arrears_is_due_in_whole_cents_and_the_rest_is_rounding(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid, NOON, **MILLION)
    use(postpaid)
    invoice = close_november(postpaid)
    assert (invoice.number, invoice.status, invoice.total, invoice.due) == (1, InvoiceStatus.OPEN, 18, 18)
    assert (invoice.closed_at, invoice.due_at, invoice.paid_at) == (AFTER, AFTER + timedelta(days=14), None)
    assert (postpaid.owed, postpaid.invoiced, postpaid.debt) == (18 * CENT, 18 * CENT, 0)
    posted = Posting.objects.filter(transaction__kind=Kind.INVOICE).values_list("account", "amount")
    assert dict(posted) == {
        Account.INVOICED: 18 * CENT,
        Account.RECEIVABLE: -18 * CENT - COST,
        Account.ROUNDING: COST,
    }


def test_lines_have_cents_that_sum_to_the_total(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, prompt_tokens=90_000, cached_tokens=10_000, completion_tokens=12_345)
    invoice = close_november(postpaid)
    cents = dict(invoice.lines.values_list("token_class", "cents"))
    assert (sum(cents.values()), invoice.total) == (2, 2)
    assert cents == {"input": 1, "cached_input": 0, "output": 1}


def test_usage_of_less_than_half_a_cent_is_an_invoice_of_nothing_that_leaves_no_debt(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid)
    invoice = close_november(postpaid)
    assert (invoice.total, invoice.due, invoice.status) == (0, 0, InvoiceStatus.PAID)
    assert (postpaid.owed, postpaid.debt) == (0, 0)


def test_nothing_closes_before_the_time_of_grace_is_over(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    assert [close_due(END + GRACE - timedelta(microseconds=1)), close_due(AFTER), close_due(AFTER)] == [0, 1, 0]


def test_the_task_closes_what_is_due(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, datetime(2026, 1, 5, tzinfo=UTC))
    close_invoices()
    assert Invoice.objects.closed().count() == 1


def test_each_call_is_in_the_month_that_it_began_in_up_to_the_last_microsecond(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid, START, END - timedelta(microseconds=1), END)
    invoice = close_november(postpaid)
    assert UsageEvent.objects.filter(billed_in=invoice.pk).count() == 2


def test_a_late_call_is_on_the_next_invoice(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    before = close_november(postpaid)
    use(postpaid, NOON)
    late = Invoice.objects.drafts().get()
    assert (late.start, UsageEvent.objects.filter(billed_in=late.pk).count()) == (END, 1)
    close_due(late.end + GRACE)
    agree(postpaid)
    before.refresh_from_db()
    assert bytes(before.snapshot) == bytes(Invoice.objects.get(number=1).snapshot)


def test_a_late_call_within_the_grace_is_in_its_month(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, END)
    use(postpaid, NOON)
    assert UsageEvent.objects.filter(billed_in=close_november(postpaid).pk).count() == 1


def test_a_draft_without_calls_goes_without_a_number(postpaid: BillingAccount, llama: Model) -> None:
    calls = [call(organization_id=postpaid.pk)]
    settle_calls(calls)
    close_november(postpaid)
    settle_calls(calls)  # again, so that a draft is looked for and nothing lands in it
    assert Invoice.objects.drafts().count() == 1
    assert close_due(datetime(2027, 6, 1, tzinfo=UTC)) == 0
    assert (Invoice.objects.count(), BillingAccount.objects.get().invoices) == (1, 1)


def test_numbers_follow_the_months_and_each_organization_has_its_own(postpaid: BillingAccount, llama: Model) -> None:
    other = BillingAccount.objects.create(pk=new_id(), mode=Mode.POSTPAID, limit=None)
    use(other)
    use(postpaid, END, NOON)
    assert close_due(datetime(2027, 6, 1, tzinfo=UTC)) == 3
    rows = Invoice.objects.order_by("organization_id", "start").values_list("organization_id", "number")
    assert sorted(rows, key=str) == sorted([(other.pk, 1), (postpaid.pk, 1), (postpaid.pk, 2)], key=str)


def test_the_earlier_draft_is_closed_first(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, END)
    later = Invoice.objects.drafts().get(start=END)
    with pytest.raises(BillingError, match="order"):
        close_invoice(CLOSER, later.pk, now=later.end)


def test_a_draft_whose_span_is_not_over_is_not_closed(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    with pytest.raises(BillingError, match="too-early"):
        close_invoice(CLOSER, Invoice.objects.get().pk, now=NOON)


def test_what_is_closed_is_returned_as_it_is_and_what_is_not_there_is_none(
    postpaid: BillingAccount, llama: Model
) -> None:
    use(postpaid)
    invoice = close_november(postpaid)
    again = close_invoice(CLOSER, invoice.pk, now=AFTER + timedelta(days=1))
    assert again
    assert again.closed_at == AFTER
    assert close_invoice(CLOSER, new_id(), now=AFTER) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda: UsageEvent.objects.update(completion_tokens=11),
        lambda: UsageEvent.objects.update(amount=COST + 1),
        lambda: UsageEvent.objects.update(price_version=2),
        lambda: InvoiceLine.objects.filter(token_class="input").update(tokens=61),
        lambda: InvoiceLine.objects.filter(token_class="output").update(amount=0),
        lambda: InvoiceLine.objects.filter(token_class="output").delete(),
        lambda: UsageEvent.objects.all().delete(),
        lambda: Posting.objects.filter(account=Account.REVENUE).update(amount=-1),
        lambda: Transaction.objects.filter(kind=Kind.USAGE).update(reference=""),
    ],
)
def test_nothing_is_closed_where_calls_lines_and_journal_disagree_and_it_is_said_aloud(
    postpaid: BillingAccount, llama: Model, damage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    use(postpaid)
    with without_guards(connection):
        damage()
    assert close_due(AFTER) == 0
    draft = Invoice.objects.get()
    assert (draft.status, draft.number) == (InvoiceStatus.DRAFT, None)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert str(draft.pk) in caplog.text


def test_one_that_cannot_be_closed_keeps_the_later_ones_of_its_organization_and_no_others(
    postpaid: BillingAccount, llama: Model
) -> None:
    other = BillingAccount.objects.create(pk=new_id(), mode=Mode.POSTPAID, limit=None)
    use(other)
    use(postpaid, NOON, END)
    UsageEvent.objects.filter(organization_id=postpaid.pk, started_at=NOON).update(completion_tokens=11)
    assert close_due(datetime(2027, 6, 1, tzinfo=UTC)) == 1
    assert Invoice.objects.of(postpaid.pk).drafts().count() == 2


def test_the_event_commits_to_number_hash_and_root(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    invoice = close_november(postpaid)
    event = AuditEvent.objects.get(action=Action.INVOICE_CLOSED)
    assert (event.actor, event.target) == (str(CLOSER), str(invoice.pk))
    assert invoice.hash == event.payload["hash"] == sha256(invoice.snapshot).hexdigest()
    assert event.payload["number"] == 1
    assert len(event.payload["root"]) == 64


def test_who_hears_of_money_is_told_and_so_are_webhooks(
    postpaid: BillingAccount, llama: Model, organization: Organization
) -> None:
    endpoint = Endpoint.objects.create(
        organization_id=organization.pk, url="https://a.example", kinds=["invoice.closed"]
    )
    OutboxMessage.objects.all().delete()
    use(postpaid, NOON, **MILLION)
    invoice = close_november(postpaid)
    owner = organization.memberships.get().user_id
    assert set(OutboxMessage.objects.values_list("kind", "channel", "recipient_id", "subject_id")) == {
        ("invoice-ready", Channel.EMAIL, owner, invoice.pk),
        ("invoice.closed", Channel.WEBHOOK, endpoint.pk, invoice.pk),
    }


def test_an_invoice_of_nothing_is_told_to_programs_alone(
    postpaid: BillingAccount, llama: Model, organization: Organization
) -> None:
    Endpoint.objects.create(organization_id=organization.pk, url="https://a.example", kinds=["invoice.closed"])
    OutboxMessage.objects.all().delete()
    use(postpaid)
    assert close_november(postpaid).total == 0
    assert OutboxMessage.objects.get().kind == "invoice.closed"


@pytest.mark.parametrize("change", [{"mode": Mode.PREPAID}, {"total": 1}, {"hash": "0" * 64}, {"status": "draft"}])
def test_the_database_refuses_to_change_what_a_closed_invoice_says(
    postpaid: BillingAccount, llama: Model, change: dict[str, Any]
) -> None:
    use(postpaid, NOON, **MILLION)
    invoice = close_november(postpaid)
    with pytest.raises(DatabaseError, match="closed invoice"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)
    with pytest.raises(DatabaseError, match="closed invoice"), transaction.atomic():
        InvoiceLine.objects.filter(invoice=invoice).update(cents=7)


def test_a_close_takes_the_same_queries_however_many_calls_there_are(postpaid: BillingAccount, llama: Model) -> None:
    counts = []
    for month, calls in ((11, 1), (12, 40)):
        use(postpaid, *[datetime(2026, month, 5, tzinfo=UTC)] * calls)
        with CaptureQueriesContext(connection) as queries:
            close_due(datetime(2027, month - 10, 5, tzinfo=UTC))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 60
