"""Invoices: the list, what a closed one says to the cent and exactly, and what proves it."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from billing.actions.terms import set_terms
from billing.models import BillingAccount, Invoice, InvoiceStatus, Mode
from catalog.models import Model
from catalog.money import PICO
from ledger.actor import Actor
from tests.billing.pages.conftest import ROOT, credit
from tests.support.invoices import COST, MILLION, NOON, close_november, reprice, use
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
INVOICES = f"{ROOT}invoices/"


@pytest.fixture
def postpaid(account: BillingAccount) -> BillingAccount:
    return set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID)


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    """November: a million tokens, of which a lot of 5 cents paid a part."""
    credit(postpaid, 5 * PICO // 100)
    use(postpaid, NOON, **MILLION)
    use(postpaid)
    return close_november(postpaid)


def test_drafts_and_closed_ones_are_listed_newest_first(invoice: Invoice, as_owner: Client) -> None:
    use(BillingAccount.objects.get(), datetime(2026, 12, 3, tzinfo=UTC))
    rows = as_owner.get(INVOICES).context["invoices"]
    assert [(row.number, row.span, row.total, row.due) for row in rows] == [
        (None, "December 2026", "<$0.0001", ""),
        (1, "November 2026", "$0.18", "$0.13"),
    ]
    assert rows[0].url == ""
    assert rows[1].url == f"{INVOICES}1/"


def test_an_invoice_says_its_lines_exactly_and_in_cents_and_how_they_become_what_is_due(
    invoice: Invoice, as_owner: Client
) -> None:
    page = as_owner.get(f"{INVOICES}1/").context["page"]
    assert [(line.token_class, line.tokens, line.rate, line.exact, line.cents) for line in page.groups()[0].lines] == [
        ("Input", "1,000,060", "0.18", "0.1800108", "0.18"),
        ("Cached input", "40", "0.045", "0.0000018", "0.00"),
        ("Output", "10", "0.59", "0.0000059", "0.00"),
    ]
    assert [(str(each.name), each.exact, each.cents) for each in page.sums()] == [
        ("Usage", "0.1800185", "$0.18"),
        ("Paid from credit", "-0.05", "-$0.05"),
        ("To pay", "0.1300185", "$0.13"),
    ]
    assert PICO * 18 // 100 + COST == 180_018_500_000


def test_it_shows_hash_and_root_and_the_commands_that_verify_it(invoice: Invoice, as_owner: Client) -> None:
    text = as_owner.get(f"{INVOICES}1/").content.decode()
    assert text.count(invoice.hash) == 2
    assert f"python verify_invoice.py llamas-of-lisbon-invoice-1.jsonl --hash {invoice.hash}" in text


def test_what_is_downloaded_verifies_offline_with_the_command_of_the_page(
    invoice: Invoice, as_owner: Client, tmp_path: Path
) -> None:
    for url in (f"{INVOICES}verify_invoice.py", f"{INVOICES}1/bundle/"):
        answer = as_owner.get(url)
        name = re.findall(r'filename="(.+)"', answer["Content-Disposition"])[0]
        (tmp_path / name).write_bytes(answer.getvalue())
    command = re.findall(r'verify-command">python (.*?)</code>', as_owner.get(f"{INVOICES}1/").content.decode())[0]
    done = subprocess.run([sys.executable, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_an_invoice_says_what_it_said_after_prices_changed(invoice: Invoice, llama: Model, as_owner: Client) -> None:
    before = as_owner.get(f"{INVOICES}1/").context["page"].groups()
    reprice(llama, 5)
    assert as_owner.get(f"{INVOICES}1/").context["page"].groups() == before


def test_a_model_without_a_price_costs_nothing_and_says_so(postpaid: BillingAccount, as_owner: Client) -> None:
    use(postpaid, model="unpriced")
    close_november(postpaid)
    page = as_owner.get(f"{INVOICES}1/")
    assert [group.version for group in page.context["page"].groups()] == [0]
    assert "no price" in page.content.decode()


def test_what_is_due_is_open_then_overdue_then_paid(invoice: Invoice, as_owner: Client) -> None:
    Invoice.objects.update(due_at=datetime.now(UTC) + timedelta(days=1))
    states = [as_owner.get(f"{INVOICES}1/").context["page"].status]
    Invoice.objects.update(due_at=datetime.now(UTC) - timedelta(days=1))
    states.append(as_owner.get(f"{INVOICES}1/").context["page"].status)
    Invoice.objects.update(status=InvoiceStatus.PAID, paid_at=datetime.now(UTC))
    states.append(as_owner.get(f"{INVOICES}1/").context["page"].status)
    assert states == ["Open", "Overdue", "Paid"]


@pytest.mark.parametrize("number", ["0", "2", "2147483647", "2147483648", "9" * 30])
@pytest.mark.parametrize("part", ["", "bundle/", "hosted/", "pdf/"])
def test_a_number_that_no_invoice_has_is_not_found(invoice: Invoice, as_owner: Client, number: str, part: str) -> None:
    assert as_owner.get(f"{INVOICES}{number}/{part}").status_code == 404


def test_an_invoice_that_the_provider_has_leads_there(invoice: Invoice, as_owner: Client, stripe: Stripe) -> None:
    assert as_owner.get(f"{INVOICES}1/hosted/").status_code == 404
    v1 = stripe.client().v1
    customer = v1.customers.create({})
    there = v1.invoices.create({"customer": customer.id, "auto_advance": False})
    v1.invoice_items.create({"customer": customer.id, "invoice": there.id, "amount": 13, "currency": "usd"})
    v1.invoices.finalize_invoice(there.id)
    Invoice.objects.update(stripe_invoice=there.id)
    assert as_owner.get(f"{INVOICES}1/hosted/")["Location"] == f"{stripe.url}/i/{there.id}"
    assert as_owner.get(f"{INVOICES}1/pdf/")["Location"] == f"{stripe.url}/i/{there.id}/pdf"
    stripe.away()
    for part in ("hosted", "pdf"):
        answer = as_owner.get(f"{INVOICES}1/{part}/")
        assert answer.status_code == 503
        assert "can be reached again in a while" in answer.content.decode()
    assert as_owner.get(f"{INVOICES}1/").status_code == 200


def test_a_void_invoice_asks_for_nothing(invoice: Invoice, as_owner: Client) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.VOID, stripe_invoice="in_1")
    for page in (f"{ROOT}invoices/1/", f"{ROOT}invoices/"):
        text = as_owner.get(page).content.decode()
        assert "Void" in text
        assert "Pay it" not in text
        assert not re.search(r"\bdue <time|· due ", text)


def test_lower_roles_and_outsiders_see_none_of_it(invoice: Invoice, as_member: Client, as_outsider: Client) -> None:
    for part in ("", "1/", "1/bundle/", "1/hosted/", "1/pdf/", "verify_invoice.py"):
        assert as_member.get(INVOICES + part).status_code == 403
        assert as_outsider.get(INVOICES + part).status_code == 404


def test_queries_do_not_grow_with_the_invoices(
    postpaid: BillingAccount, as_owner: Client, django_assert_max_num_queries: Any
) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(30):
        begins = start + timedelta(days=number)
        Invoice.objects.create(organization_id=postpaid.pk, start=begins, end=begins + timedelta(days=1))
    with django_assert_max_num_queries(8):
        as_owner.get(INVOICES)
