"""Settlement: each call is paid for once, to the pico-dollar, in the month that it began in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from msgspec.structs import replace

from billing.books import disagreements
from billing.credit import give_credit
from billing.invoices.drafts import month_start
from billing.models import Account, BillingAccount, Invoice, InvoiceLine, Kind, LotKind, Mode, Transaction
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import CENT, PICO
from ledger.ids import new_id
from tests.usage.test_recording import call
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
COST = 18_500_000


def test_a_batch_that_comes_again_is_paid_for_once(account: BillingAccount, llama: Model) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    *calls, last = [call(organization_id=account.pk, started_at=timezone.now()) for _ in range(4)]
    assert [settle_calls(calls), settle_calls([*calls, last])] == [3, 1]
    account.refresh_from_db()
    assert account.balance == PICO - 4 * COST
    assert account.spent == 4 * COST
    assert disagreements(account) == []


def test_one_id_with_two_moments_is_paid_for_once(account: BillingAccount, llama: Model) -> None:
    first = call(organization_id=account.pk, started_at=timezone.now())
    again = replace(first, started_at=first.started_at - timedelta(days=7))
    assert [settle_calls([first]), settle_calls([again])] == [1, 0]
    account.refresh_from_db()
    assert account.owed == COST
    assert disagreements(account) == []


def test_only_calls_that_began_this_month_count_towards_its_cap(account: BillingAccount, llama: Model) -> None:
    began = month_start(timezone.now())
    moments = [began - timedelta(microseconds=1), began]
    settle_calls([call(organization_id=account.pk, started_at=moment) for moment in moments])
    account.refresh_from_db()
    assert account.spent_in(began.date()) == COST
    assert account.owed == 2 * COST


def test_calls_of_who_is_not_billed_are_recorded_and_nothing_else(llama: Model) -> None:
    assert settle_calls([call()]) == 1
    assert not Transaction.objects.exists()
    assert UsageEvent.objects.get().billed_in is None


def test_new_organizations_are_billed_where_the_operator_says_so(llama: Model, settings: object) -> None:
    settings.BILLING_MODE = "prepaid"  # type: ignore[attr-defined]
    made = call()
    settle_calls([made])
    account = BillingAccount.objects.get(pk=made.organization_id)
    assert (account.mode, account.owed) == (Mode.PREPAID, COST)


def test_who_is_new_and_pays_afterwards_may_owe_what_the_operator_says(llama: Model, settings: object) -> None:
    settings.BILLING_MODE, settings.BILLING_POSTPAID_LIMIT = "postpaid", 250  # type: ignore[attr-defined]
    made = call()
    settle_calls([made])
    assert BillingAccount.objects.get(pk=made.organization_id).limit == 250 * CENT


def test_who_is_new_is_welcomed_once_with_credit_that_calls_use(llama: Model, settings: object) -> None:
    settings.BILLING_MODE, settings.BILLING_WELCOME_CREDIT = "prepaid", 500  # type: ignore[attr-defined]
    made = call()
    settle_calls([made])
    settle_calls([call(organization_id=made.organization_id)])
    account = BillingAccount.objects.get(pk=made.organization_id)
    assert account.balance == 5 * PICO - 2 * COST
    assert disagreements(account) == []


def test_a_call_lands_in_the_month_that_it_began_in(account: BillingAccount, llama: Model) -> None:
    border = datetime(2026, 12, 1, tzinfo=UTC)
    moments = [border - timedelta(microseconds=1), border]
    settle_calls([call(organization_id=account.pk, started_at=moment) for moment in moments])
    spans = Invoice.objects.drafts().order_by("start").values_list("start", "end")
    assert list(spans) == [
        (datetime(2026, 11, 1, tzinfo=UTC), border),
        (border, datetime(2027, 1, 1, tzinfo=UTC)),
    ]


def test_the_calls_of_each_month_are_a_transaction_that_names_its_invoice_and_credit_goes_to_the_earlier(
    account: BillingAccount, llama: Model
) -> None:
    give_credit(account, LotKind.PAID, COST, key="topup:1")
    border = datetime(2026, 12, 1, tzinfo=UTC)
    moments = [border, border - timedelta(seconds=1)]
    settle_calls([call(organization_id=account.pk, started_at=moment) for moment in moments])
    usage = Transaction.objects.filter(kind=Kind.USAGE).order_by("number")
    november, december = Invoice.objects.drafts().order_by("start")
    assert [each.reference for each in usage] == [str(november.pk), str(december.pk)]
    paid = [set(each.postings.values_list("account", flat=True)) for each in usage]
    assert paid == [{Account.CREDIT_PAID, Account.REVENUE}, {Account.RECEIVABLE, Account.REVENUE}]


def test_the_lines_sum_tokens_and_amounts_of_each_class(account: BillingAccount, llama: Model) -> None:
    settle_calls([call(organization_id=account.pk) for _ in range(2)])
    lines = InvoiceLine.objects.values_list("token_class", "calls", "tokens", "amount")
    assert sorted(lines) == [
        ("cached_input", 2, 80, 80 * 45_000),
        ("input", 2, 120, 120 * 180_000),
        ("output", 2, 20, 20 * 590_000),
    ]


def test_a_call_that_costs_nothing_has_its_line_and_no_transaction(account: BillingAccount) -> None:
    settle_calls([call(organization_id=account.pk, model="unpriced")])
    assert not Transaction.objects.exists()
    assert {line.amount for line in InvoiceLine.objects.all()} == {0}


def test_organizations_in_one_batch_pay_each_for_their_own(account: BillingAccount, llama: Model) -> None:
    other = BillingAccount.objects.create(pk=new_id(), mode=Mode.POSTPAID, limit=None)
    settle_calls([call(organization_id=pk) for pk in (account.pk, other.pk, other.pk)])
    for billed, calls in ((account, 1), (other, 2)):
        billed.refresh_from_db()
        assert billed.owed == calls * COST
        assert disagreements(billed) == []
