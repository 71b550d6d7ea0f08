"""What an invoice asks for: of who pays in arrears what credit did not cover, of who pays in advance nothing."""

from datetime import UTC, datetime

import pytest

from billing.credit import give_credit
from billing.invoices.closing import close_due
from billing.models import BillingAccount, Invoice, InvoiceStatus, Kind, LotKind, Mode, Transaction
from catalog.models import Model
from catalog.money import CENT, PICO
from tests.support.invoices import END, MILLION, NOON, agree, close_november, use

pytestmark = pytest.mark.django_db


def test_what_credit_paid_is_not_due(account: BillingAccount, llama: Model) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    use(account, NOON, **MILLION)
    invoice = close_november(account)
    assert (invoice.mode, invoice.status, invoice.total, invoice.due) == (Mode.PREPAID, InvoiceStatus.PAID, 18, 0)
    assert not Transaction.objects.filter(kind=Kind.INVOICE).exists()


def test_credit_pays_first_in_arrears_too(postpaid: BillingAccount, llama: Model) -> None:
    give_credit(postpaid, LotKind.PROMOTIONAL, PICO // 10, key="promotion:1")
    use(postpaid, NOON, **MILLION)
    assert (close_november(postpaid).total, close_november(postpaid).due) == (18, 8)


def test_debt_of_who_pays_in_advance_stays_in_the_account_for_the_next_credit(
    account: BillingAccount, llama: Model
) -> None:
    use(account, NOON, **MILLION)
    invoice = close_november(account)
    assert (invoice.total, invoice.due, invoice.status) == (18, 0, InvoiceStatus.PAID)
    assert account.debt == 18 * CENT
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    assert (account.debt, account.balance) == (0, PICO - 18 * CENT)
    agree(account)


def test_debt_from_before_is_due_with_the_first_invoice_in_arrears(account: BillingAccount, llama: Model) -> None:
    use(account, NOON, **MILLION)
    close_november(account)
    BillingAccount.objects.update(mode=Mode.POSTPAID)
    use(account, END, **MILLION)
    close_due(datetime(2027, 1, 2, tzinfo=UTC))
    agree(account)
    assert list(Invoice.objects.values_list("number", "total", "due")) == [(1, 18, 0), (2, 18, 36)]


def test_what_new_credit_repaid_meanwhile_is_not_due(account: BillingAccount, llama: Model) -> None:
    use(account, NOON, **MILLION)
    give_credit(account, LotKind.PAID, 10 * CENT, key="topup:1")
    BillingAccount.objects.update(mode=Mode.POSTPAID, limit=None)
    assert close_november(account).due == 8


def test_credit_of_who_pays_in_advance_now_leaves_invoices_alone(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, **MILLION)
    invoice = close_november(postpaid)
    BillingAccount.objects.update(mode=Mode.PREPAID, limit=0)
    postpaid.refresh_from_db()
    give_credit(postpaid, LotKind.PAID, PICO, key="topup:1")
    assert (postpaid.credit, postpaid.invoiced) == (PICO, invoice.due * CENT)
    agree(postpaid)


def test_new_credit_repays_what_is_on_no_invoice_and_not_a_cent_more(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, **MILLION)
    close_november(postpaid)
    BillingAccount.objects.update(mode=Mode.PREPAID, limit=0)
    use(postpaid, END, **MILLION)
    give_credit(postpaid, LotKind.PAID, 30 * CENT, key="topup:1")
    assert (postpaid.credit, postpaid.debt, postpaid.invoiced) == (12 * CENT, 0, 18 * CENT)
    agree(postpaid)


def test_what_the_next_month_owes_already_is_not_due_with_this_one(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, END, **MILLION)
    assert close_november(postpaid).due == 18
    assert postpaid.debt == 18 * CENT
