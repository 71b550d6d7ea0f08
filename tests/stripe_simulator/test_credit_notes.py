"""Credit notes of open and of paid invoices."""

from typing import Any

import pytest

from tests.stripe_simulator.conftest import http, invoice, paid, refused
from tests.support.stripe import Stripe


@pytest.fixture
def bought(simulated: Stripe, client: Any, customer: Any) -> Any:
    """A paid top-up of $25.00; its invoice and charge."""
    return paid(simulated, client, customer, 2500)


def test_unused_credit_is_refunded_by_a_credit_note(simulated: Stripe, client: Any, bought: Any) -> None:
    asked = {"invoice": bought.invoice, "amount": 1000, "refund_amount": 1000, "metadata": {"refund": "1"}}
    note = client.credit_notes.create(asked)
    assert (note.type, note.status, note.total, note.post_payment_amount) == ("post_payment", "issued", 1000, 1000)
    refund = client.refunds.retrieve(note.refunds[0].refund)
    assert (refund.amount, refund.status, refund.metadata["refund"]) == (1000, "succeeded", "1")
    assert client.charges.retrieve(bought.payment_intent.latest_charge.id).amount_refunded == 1000
    assert client.invoices.retrieve(bought.invoice).post_payment_credit_notes_amount == 1000
    assert simulated.events()[-1] == "credit_note.created"


def test_no_more_is_credited_than_was_invoiced(client: Any, bought: Any) -> None:
    asked = {"invoice": bought.invoice, "amount": 2000, "out_of_band_amount": 2000}
    client.credit_notes.create(asked)
    error = refused(client.credit_notes.create, {**asked, "amount": 501, "out_of_band_amount": 501})
    assert (error.param, "$5.00" in str(error)) == ("amount", True)
    client.credit_notes.create({**asked, "amount": 500, "out_of_band_amount": 500})
    assert len(client.credit_notes.list({"invoice": bought.invoice}).data) == 2


def test_the_parts_make_up_the_whole(client: Any, bought: Any) -> None:
    refused(client.credit_notes.create, {"invoice": bought.invoice, "amount": 1000})
    refused(client.credit_notes.create, {"invoice": bought.invoice, "amount": 1000, "refund_amount": 900})
    asked = {"invoice": bought.invoice, "amount": 1000, "refund_amount": 600, "out_of_band_amount": 400}
    assert client.credit_notes.create(asked).out_of_band_amount == 400


def test_a_credit_note_can_name_a_refund_that_exists(client: Any, bought: Any) -> None:
    refund = client.refunds.create({"payment_intent": bought.payment_intent.id, "amount": 1000})
    asked = {"invoice": bought.invoice, "amount": 1000, "refunds": [{"refund": refund.id}]}
    client.credit_notes.create(asked)
    assert len(client.refunds.list().data) == 1


def test_a_refund_that_cannot_be_leaves_no_credit_note(client: Any, bought: Any) -> None:
    client.refunds.create({"payment_intent": bought.payment_intent.id, "amount": 2000})
    refused(client.credit_notes.create, {"invoice": bought.invoice, "amount": 1000, "refund_amount": 1000})
    assert client.credit_notes.list().data == []


def test_a_credit_to_the_balance_is_the_customers(client: Any, customer: Any, bought: Any) -> None:
    client.credit_notes.create({"invoice": bought.invoice, "amount": 300, "credit_amount": 300})
    assert client.customers.retrieve(customer.id).balance == -300


def test_an_open_invoice_is_lowered_and_raised_again_when_the_note_is_void(client: Any, customer: Any) -> None:
    issued = client.invoices.finalize_invoice(invoice(client, customer, 1200).id)
    lines = [{"type": "custom_line_item", "description": "Outage", "unit_amount": 250, "quantity": 2}]
    note = client.credit_notes.create({"invoice": issued.id, "lines": lines})
    assert (note.type, note.total, client.invoices.retrieve(issued.id).amount_remaining) == ("pre_payment", 500, 700)
    assert client.credit_notes.void_credit_note(note.id).status == "void"
    assert client.invoices.retrieve(issued.id).amount_remaining == 1200
    refused(client.credit_notes.void_credit_note, note.id)


def test_an_open_invoice_that_is_credited_in_full_is_paid(client: Any, customer: Any) -> None:
    issued = client.invoices.finalize_invoice(invoice(client, customer, 1200).id)
    refused(client.credit_notes.create, {"invoice": issued.id, "amount": 1201})
    client.credit_notes.create({"invoice": issued.id, "amount": 1200})
    assert client.invoices.retrieve(issued.id).status == "paid"


def test_a_credit_note_of_a_paid_invoice_cannot_be_void(client: Any, bought: Any) -> None:
    note = client.credit_notes.create({"invoice": bought.invoice, "amount": 100, "refund_amount": 100})
    refused(client.credit_notes.void_credit_note, note.id)


def test_a_credit_note_has_a_pdf(client: Any, bought: Any) -> None:
    note = client.credit_notes.create({"invoice": bought.invoice, "amount": 100, "refund_amount": 100})
    assert http.get(note.pdf).content.startswith(b"%PDF-1.4")


def test_a_draft_is_not_credited(client: Any, customer: Any) -> None:
    refused(client.credit_notes.create, {"invoice": invoice(client, customer).id, "amount": 100})
