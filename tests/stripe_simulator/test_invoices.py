"""Invoices by program, and their hosted pages."""

from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import Browser, http, invoice, refused
from tests.support.stripe import DAY, Stripe

SENT = {"collection_method": "send_invoice", "days_until_due": 14}


def issue(client: Any, customer: Any, cents: int = 1200, **more: Any) -> Any:
    return client.invoices.finalize_invoice(invoice(client, customer, cents, **more).id)


def test_a_draft_takes_lines_and_adds_them_up(client: Any, customer: Any) -> None:
    draft = invoice(client, customer, 1200)
    assert (draft.status, draft.number, draft.hosted_invoice_url) == ("draft", None, None)
    item = {"customer": customer.id, "invoice": draft.id, "unit_amount_decimal": "0.0375", "quantity_decimal": "1000"}
    client.invoice_items.create(item)
    found = client.invoices.retrieve(draft.id)
    assert [line.amount for line in found.lines.data] == [1200, 38]
    assert (found.total, found.amount_due) == (1238, 1238)


def test_pending_items_wait_until_an_invoice_includes_them(client: Any, customer: Any) -> None:
    client.invoice_items.create({"customer": customer.id, "amount": 300, "currency": "usd"})
    assert client.invoices.create({"customer": customer.id}).total == 0
    assert len(client.invoice_items.list({"customer": customer.id, "pending": True}).data) == 1
    made = client.invoices.create({"customer": customer.id, "pending_invoice_items_behavior": "include"})
    assert made.total == 300
    assert client.invoice_items.list({"pending": True}).data == []


def test_an_item_leaves_its_draft_when_it_is_deleted(client: Any, customer: Any) -> None:
    draft = invoice(client, customer)
    client.invoice_items.delete(client.invoice_items.list({"invoice": draft.id}).data[0].id)
    assert client.invoices.retrieve(draft.id).total == 0


def test_an_issued_invoice_has_number_page_pdf_and_due_date(simulated: Stripe, client: Any, customer: Any) -> None:
    first, second = issue(client, customer, **SENT), issue(client, customer, **SENT)
    assert (first.status, first.amount_remaining) == ("open", 1200)
    assert first.number.endswith("-0001")
    assert second.number.endswith("-0002")
    assert first.due_date - first.status_transitions.finalized_at == 14 * DAY
    page = http.get(first.hosted_invoice_url)
    assert "$12.00" in page.text
    assert first.number in page.text
    pdf = http.get(first.invoice_pdf)
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-1.4")
    table = int(pdf.content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf.content[table:].startswith(b"xref\n")
    offset = int(pdf.content[table:].splitlines()[3].split()[0])
    assert pdf.content[offset:].startswith(b"1 0 obj")


def test_an_issued_invoice_takes_no_more_lines_and_is_not_issued_again(client: Any, customer: Any) -> None:
    issued = issue(client, customer)
    item = {"customer": customer.id, "invoice": issued.id, "amount": 1, "currency": "usd"}
    assert refused(client.invoice_items.create, item).code == "invoice_not_editable"
    assert refused(client.invoices.finalize_invoice, issued.id).code == "invoice_not_editable"
    assert len(client.invoice_items.list().data) == 1


def test_an_invoice_holds_250_lines(client: Any, customer: Any) -> None:
    draft = invoice(client, customer)
    item = {"customer": customer.id, "invoice": draft.id, "amount": 1, "currency": "usd"}
    for _ in range(249):
        client.invoice_items.create(item)
    assert "250" in str(refused(client.invoice_items.create, item))
    lines = client.invoices.line_items.list(draft.id, {"limit": 100})
    assert len(list(lines.auto_paging_iter())) == 250


def test_an_invoice_of_nothing_is_paid_at_once(client: Any, customer: Any) -> None:
    made = client.invoices.create({"customer": customer.id})
    assert client.invoices.finalize_invoice(made.id).status == "paid"


def test_a_saved_card_pays_without_its_holder(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    found = client.invoices.pay(invoice(client, customer).id, {"off_session": True})
    assert (found.status, found.amount_paid, found.amount_remaining) == ("paid", 1200, 0)
    kept = client.invoices.retrieve(found.id, {"expand": ["payments"]})
    intent = client.payment_intents.retrieve(kept.payments.data[0].payment.payment_intent)
    assert (intent.status, intent.amount) == ("succeeded", 1200)
    assert simulated.events()[-2:] == ["invoice.paid", "invoice.payment_succeeded"]


def test_without_a_card_it_cannot_be_paid(client: Any, customer: Any) -> None:
    error = refused(client.invoices.pay, issue(client, customer).id)
    assert "no `default_payment_method`" in str(error)


def test_a_card_that_fails_leaves_it_open(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id, "pm_card_chargeCustomerFail")
    issued = issue(client, customer)
    error = refused(client.invoices.pay, issued.id)
    assert (type(error), error.code) == (stripe.CardError, "card_declined")
    found = client.invoices.retrieve(issued.id)
    assert (found.status, found.attempted, found.attempt_count) == ("open", True, 1)
    assert simulated.events()[-1] == "invoice.payment_failed"


def test_a_card_with_3d_secure_needs_its_holder_on_the_hosted_page(
    simulated: Stripe, client: Any, customer: Any
) -> None:
    simulated.save_card(customer.id, "pm_card_authenticationRequired")
    issued = issue(client, customer)
    error = refused(client.invoices.pay, issued.id, {"off_session": True})
    assert (error.http_status, error.code) == (402, "invoice_payment_intent_requires_action")
    assert "invoice.payment_action_required" in simulated.events()
    page = Browser(issued.hosted_invoice_url)
    page.send(card="pm_card_authenticationRequired")
    assert "Approve a payment of $12.00?" in page.text
    page.send(0)
    assert client.invoices.retrieve(issued.id).status == "paid"
    assert page.address == issued.hosted_invoice_url


def test_the_hosted_page_takes_another_card_after_a_declined_one(client: Any, customer: Any) -> None:
    issued = issue(client, customer)
    page = Browser(issued.hosted_invoice_url)
    page.send(card="pm_card_chargeDeclined")
    assert (page.status, "Your card was declined." in page.text) == (402, True)
    page.send(number="4242424242424242")
    assert client.invoices.retrieve(issued.id).status == "paid"
    assert "<form" not in page.text


def test_a_bank_account_pays_an_invoice_days_later(simulated: Stripe, client: Any, customer: Any) -> None:
    issued = issue(client, customer)
    page = Browser(issued.hosted_invoice_url)
    page.send(card="pm_usBankAccount_success")
    assert client.invoices.retrieve(issued.id).status == "open"
    assert "still processing" in str(refused(client.invoices.pay, issued.id))
    simulated.advance(5 * DAY)
    assert client.invoices.retrieve(issued.id).status == "paid"


def test_a_paid_or_void_invoice_is_not_paid_again(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    done, void = issue(client, customer), issue(client, customer)
    client.invoices.pay(done.id)
    client.invoices.void_invoice(void.id)
    for closed in (done, void):
        refused(client.invoices.pay, closed.id)
    assert len(client.charges.list().data) == 1


def test_a_payment_outside_stripe_moves_no_money(simulated: Stripe, client: Any, customer: Any) -> None:
    found = client.invoices.pay(issue(client, customer).id, {"paid_out_of_band": True})
    assert (found.status, found.amount_remaining) == ("paid", 0)
    assert client.balance_transactions.list().data == []


def test_an_open_invoice_is_voided_or_given_up(simulated: Stripe, client: Any, customer: Any) -> None:
    void, lost, draft = issue(client, customer), issue(client, customer), invoice(client, customer)
    assert client.invoices.void_invoice(void.id).status == "void"
    assert client.invoices.mark_uncollectible(lost.id).status == "uncollectible"
    refused(client.invoices.void_invoice, draft.id)
    refused(client.invoices.mark_uncollectible, void.id)
    assert client.invoices.void_invoice(lost.id).status == "void"
    assert {"invoice.voided", "invoice.marked_uncollectible"} <= set(simulated.events())


def test_only_a_draft_is_deleted(client: Any, customer: Any) -> None:
    draft, issued = invoice(client, customer), issue(client, customer)
    assert client.invoices.delete(draft.id).deleted is True
    refused(client.invoices.delete, issued.id)
    assert [found.id for found in client.invoices.list().data] == [issued.id]


@pytest.mark.parametrize(
    "more",
    [
        {"collection_method": "send_invoice"},
        {"days_until_due": 3},
        {"automatic_tax": {"enabled": True}},
        {"default_payment_method": "pm_unknown"},
        {"currency": "xxx"},
    ],
)
def test_an_invoice_that_cannot_be_is_refused(client: Any, customer: Any, more: dict[str, Any]) -> None:
    refused(client.invoices.create, {"customer": customer.id, **more})
    assert client.invoices.list().data == []


def test_tax_that_cannot_be_known_keeps_it_a_draft(simulated: Stripe, client: Any) -> None:
    simulated.control("taxes", DE=19)
    customer = client.customers.create({"address": {"country": "DE"}})
    draft = invoice(client, customer, automatic_tax={"enabled": True})
    assert (draft.subtotal, draft.total) == (1200, 1428)
    client.customers.update(customer.id, {"address": ""})
    assert refused(client.invoices.finalize_invoice, draft.id).code == "customer_tax_location_invalid"
    assert client.invoices.retrieve(draft.id).status == "draft"
    assert simulated.events()[-1] == "invoice.finalization_failed"


def test_an_invoice_says_whom_it_was_issued_to(client: Any, customer: Any) -> None:
    draft = invoice(client, customer)
    client.customers.update(customer.id, {"name": "Acme", "address": {"country": "DE"}})
    client.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    issued = client.invoices.finalize_invoice(draft.id)
    client.customers.update(customer.id, {"name": "Other"})
    found = client.invoices.retrieve(issued.id)
    assert (found.customer_name, found.customer_address.country) == ("Acme", "DE")
    assert found.customer_tax_ids[0].value == "DE123456789"


def test_a_receipt_is_there(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    client.invoices.pay(issue(client, customer).id)
    page = http.get(client.charges.list().data[0].receipt_url).text
    assert "$12.00" in page
    assert "••••4242" in page
