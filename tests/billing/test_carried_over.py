"""What is too little to be collected: no invoice asks for it, the next one carries it, and nothing of it is lost."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from billing.actions.collecting import collect_due
from billing.invoices.closing import GRACE, close_due
from billing.invoices.snapshot import regenerate
from billing.models import Account, BillingAccount, Invoice, InvoiceStatus, Kind, Posting
from catalog.models import Model
from catalog.money import CENT
from tests.support.invoices import AFTER, END, MILLION, NOON, agree, close_november, exported, use, verify
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _usual(settings: Any) -> None:
    settings.BILLING_LEAST_DUE = 50


def close_december(account: BillingAccount) -> Invoice:
    end = Invoice.objects.of(account.pk).drafts().get().end
    close_due(end + GRACE)
    agree(account)
    return Invoice.objects.of(account.pk).closed().get(end=end)


def test_less_than_fifty_cents_is_asked_for_by_the_next_invoice(
    postpaid: BillingAccount, llama: Model, tmp_path: Path
) -> None:
    use(postpaid, NOON, **MILLION)
    first = close_november(postpaid)
    assert (first.total, first.due, first.status) == (18, 0, InvoiceStatus.PAID)
    assert (postpaid.debt, postpaid.invoiced) == (18 * CENT, 0)
    assert not Posting.objects.filter(transaction__kind=Kind.INVOICE).exists()
    use(postpaid, END, **MILLION | {"prompt_tokens": 2_000_000})
    second = close_december(postpaid)
    assert (second.total, second.due, second.status) == (36, 54, InvoiceStatus.OPEN)
    assert (postpaid.debt, postpaid.invoiced) == (0, 54 * CENT)
    for invoice in (first, second):
        assert regenerate(invoice) == bytes(invoice.snapshot)
        assert verify(tmp_path, exported(invoice)) == 0


def test_it_stands_there_as_a_line_of_its_own(postpaid: BillingAccount, llama: Model, as_owner: Client) -> None:
    use(postpaid, NOON, **MILLION)
    close_november(postpaid)
    use(postpaid, END, **MILLION | {"prompt_tokens": 2_000_000})
    close_december(postpaid)
    first, second = (as_owner.get(f"/o/llamas-of-lisbon/billing/invoices/{n}/").content.decode() for n in (1, 2))
    assert "Carried over to the next invoice" in first
    assert "-$0.18" in first or "−$0.18" in first
    assert "Carried over from before" in second
    assert "$0.54" in second


def test_fifty_cents_are_asked_for_and_half_a_cent_less_is_not(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, **MILLION | {"prompt_tokens": 2_775_000})  # 49.95 cents
    assert close_november(postpaid).due == 50
    use(postpaid, END, **MILLION | {"prompt_tokens": 2_747_000})  # 49.446 cents
    assert close_december(postpaid).due == 0
    assert postpaid.debt == 49_446 * CENT // 1000


def test_parts_of_a_cent_are_carried_exactly(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    close_november(postpaid)
    assert 0 < postpaid.debt < CENT // 2
    assert not Posting.objects.filter(account=Account.ROUNDING).exists()


def test_nothing_is_collected_and_nobody_suspended_for_what_is_carried(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, **MILLION)
    close_november(postpaid)
    assert collect_due() == 0
    assert not Invoice.objects.overdue(AFTER.replace(year=2030)).exists()


def test_its_letter_says_that_there_is_nothing_to_do(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid, NOON, **MILLION)
    close_november(postpaid)
    send_all()
    (sent,) = mail.outbox
    assert "is carried over to the next invoice" in " ".join(sent.body.split())
    assert "settled with your credit" not in sent.body
