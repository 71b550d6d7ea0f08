"""Customers, their tax ids and payment methods."""

from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import refused
from tests.support.stripe import Stripe

ADDRESS = {"line1": "Hauptstraße 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}


def test_a_customer_is_made_read_and_changed(simulated: Stripe, client: Any) -> None:
    made = client.customers.create({"email": "a@b.example", "address": ADDRESS, "metadata": {"a": "1", "b": "2"}})
    client.customers.update(made.id, {"name": "Acme", "metadata": {"b": "", "c": "3"}})
    found = client.customers.retrieve(made.id)
    assert (found.email, found.name, found.address.country, found.livemode) == ("a@b.example", "Acme", "DE", False)
    assert found.metadata.to_dict() == {"a": "1", "c": "3"}
    assert simulated.events() == ["customer.created", "customer.updated"]


def test_an_update_tells_what_was_before(client: Any, customer: Any) -> None:
    client.customers.update(customer.id, {"name": "Acme"})
    event = client.events.list({"type": "customer.updated"}).data[0]
    assert event.data.previous_attributes.to_dict() == {"name": None}
    assert event.data.object.name == "Acme"


def test_an_update_that_changes_nothing_tells_nothing(simulated: Stripe, client: Any, customer: Any) -> None:
    client.customers.update(customer.id, {"metadata": {"organization": "1"}})
    assert simulated.events() == ["customer.created"]


def test_a_deleted_customer_is_known_and_good_for_nothing(simulated: Stripe, client: Any, customer: Any) -> None:
    card = simulated.save_card(customer.id)
    client.customers.delete(customer.id)
    assert client.customers.retrieve(customer.id).deleted is True
    assert client.payment_methods.retrieve(card).customer is None
    error = refused(client.invoices.create, {"customer": customer.id})
    assert (error.http_status, error.code, error.param) == (400, "resource_missing", "customer")
    assert client.customers.list().data == []
    assert simulated.events()[-1] == "customer.deleted"


@pytest.mark.parametrize("given", [{"email": "nobody"}, {"address": {"country": "Germany"}}])
def test_a_malformed_value_is_refused(client: Any, given: dict[str, Any]) -> None:
    assert isinstance(refused(client.customers.create, given), stripe.InvalidRequestError)


def test_a_tax_id_is_added_listed_and_removed(simulated: Stripe, client: Any, customer: Any) -> None:
    made = client.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    assert (made.country, made.customer) == ("DE", customer.id)
    assert [found.value for found in client.customers.tax_ids.list(customer.id).data] == ["DE123456789"]
    assert client.customers.retrieve(customer.id, {"expand": ["tax_ids"]}).tax_ids.data[0].id == made.id
    client.customers.tax_ids.delete(customer.id, made.id)
    assert client.customers.tax_ids.list(customer.id).data == []
    assert simulated.events()[1:] == [
        "customer.tax_id.created",
        "customer.tax_id.updated",
        "customer.tax_id.deleted",
    ]


def test_a_malformed_tax_id_is_refused(client: Any, customer: Any) -> None:
    error = refused(client.customers.tax_ids.create, customer.id, {"type": "eu_vat", "value": "12"})
    assert error.code == "tax_id_invalid"


def test_a_tax_id_of_another_customer_is_not_found(client: Any, customer: Any) -> None:
    made = client.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    other = client.customers.create({})
    assert refused(client.customers.tax_ids.delete, other.id, made.id).http_status == 404


def test_a_card_is_attached_made_the_default_and_detached(simulated: Stripe, client: Any, customer: Any) -> None:
    card = client.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert (card.card.brand, card.card.last4, card.customer) == ("visa", "4242", customer.id)
    settings = {"invoice_settings": {"default_payment_method": card.id}}
    assert client.customers.update(customer.id, settings).invoice_settings.default_payment_method == card.id
    client.payment_methods.detach(card.id)
    assert client.customers.retrieve(customer.id).invoice_settings.default_payment_method is None
    assert client.customers.payment_methods.list(customer.id).data == []
    error = refused(client.payment_methods.attach, card.id, {"customer": customer.id})
    assert "may not be used again" in str(error)


def test_a_declining_card_is_not_attached_and_one_that_fails_later_is(client: Any, customer: Any) -> None:
    error = refused(client.payment_methods.attach, "pm_card_chargeDeclined", {"customer": customer.id})
    assert (type(error), error.code) == (stripe.CardError, "card_declined")
    assert client.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id}).card.last4 == "0341"


def test_a_card_of_another_customer_is_no_default(simulated: Stripe, client: Any, customer: Any) -> None:
    card = simulated.save_card(client.customers.create({}).id)
    error = refused(client.customers.update, customer.id, {"invoice_settings": {"default_payment_method": card}})
    assert error.param == "invoice_settings[default_payment_method]"


def test_payment_methods_are_listed_by_type(simulated: Stripe, client: Any, customer: Any) -> None:
    simulated.save_card(customer.id)
    simulated.save_card(customer.id, "pm_usBankAccount_success")
    listed = client.customers.payment_methods.list(customer.id, {"type": "card"})
    assert [found.card.last4 for found in listed.data] == ["4242"]
    assert len(client.customers.payment_methods.list(customer.id).data) == 2
