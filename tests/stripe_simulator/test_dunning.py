"""What the clock does to invoices."""

from typing import Any

from tests.stripe_simulator.conftest import invoice
from tests.support.stripe import DAY, HOUR, Stripe


def test_a_draft_that_advances_is_issued_and_paid_after_an_hour(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    draft = invoice(client, customer, auto_advance=True)
    simulated.advance(HOUR - 60)
    assert client.invoices.retrieve(draft.id).status == "draft"
    simulated.advance(120)
    found = client.invoices.retrieve(draft.id)
    assert found.status == "paid"
    assert found.status_transitions.paid_at == draft.automatically_finalizes_at


def test_a_draft_that_does_not_advance_stays(simulated: Stripe, client: Any, customer: Any) -> None:
    draft = invoice(client, customer)
    simulated.advance(90 * DAY)
    assert client.invoices.retrieve(draft.id).status == "draft"


def test_a_failing_card_is_tried_after_3_5_and_7_days_and_then_no_more(
    simulated: Stripe, client: Any, customer: Any
) -> None:
    simulated.save_card(customer.id, "pm_card_chargeCustomerFail")
    draft = invoice(client, customer, auto_advance=True)
    tries = []
    for _ in range(20):
        simulated.advance(DAY)
        tries.append(client.invoices.retrieve(draft.id).attempt_count)
    assert [day for day in range(1, 20) if tries[day] > tries[day - 1]] == [3, 8, 15]
    found = client.invoices.retrieve(draft.id)
    assert (found.status, found.attempt_count, found.next_payment_attempt) == ("open", 4, None)
    assert simulated.events().count("invoice.payment_failed") == 4


def test_a_card_that_is_replaced_pays_at_the_next_try(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id, "pm_card_chargeCustomerFail")
    draft = invoice(client, customer, auto_advance=True)
    simulated.advance(2 * HOUR)
    assert client.invoices.retrieve(draft.id).status == "open"
    simulated.save_card(customer.id)
    simulated.advance(3 * DAY)
    assert client.invoices.retrieve(draft.id).status == "paid"


def test_a_customer_without_a_card_is_tried_as_well(simulated: Stripe, client: Any, customer: Any) -> None:
    draft = invoice(client, customer, auto_advance=True)
    simulated.advance(2 * HOUR)
    found = client.invoices.retrieve(draft.id)
    assert (found.status, found.attempt_count) == ("open", 1)
    assert found.next_payment_attempt is not None


def test_a_sent_invoice_is_told_to_be_overdue_once(simulated: Stripe, client: Any, customer: Any) -> None:
    draft = invoice(client, customer, auto_advance=True, collection_method="send_invoice", days_until_due=14)
    simulated.advance(DAY)
    assert simulated.events()[-2:] == ["invoice.finalized", "invoice.sent"]
    assert client.invoices.retrieve(draft.id).attempt_count == 0
    simulated.advance(12 * DAY)
    assert "invoice.overdue" not in simulated.events()
    simulated.advance(30 * DAY)
    assert simulated.events().count("invoice.overdue") == 1


def test_an_invoice_that_was_paid_or_void_is_not_tried(simulated: Stripe, client: Any, customer: Any) -> None:
    draft = invoice(client, customer, auto_advance=True)
    simulated.advance(2 * HOUR)
    client.invoices.void_invoice(draft.id)
    simulated.save_card(customer.id)
    simulated.advance(30 * DAY)
    assert client.charges.list().data == []


def test_events_bear_the_moment_they_happened_at(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    draft = invoice(client, customer, auto_advance=True)
    simulated.advance(5 * DAY)
    event = client.events.list({"type": "invoice.paid"}).data[0]
    assert event.created == draft.automatically_finalizes_at
