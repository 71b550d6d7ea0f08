"""What the library's own types do not know, or Stripe would not take, is refused in Stripe's shape."""

from typing import Any

import pytest
import stripe

from dev.stripe_simulator import parameters
from dev.stripe_simulator.api.table import ENDPOINTS
from tests.stripe_simulator.conftest import http, line, refused, top_up
from tests.support.stripe import KEY, Stripe


def test_every_endpoint_is_checked_against_a_type_of_the_library() -> None:
    names = {endpoint.params for endpoint in ENDPOINTS}
    assert len(names) > 60
    for name in names:
        parameters.check(name, {}) if name.endswith("RetrieveParams") else parameters._fields(parameters._named(name))


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"colour": "blue"}, "colour"),
        ({"address": {"planet": "Mars"}}, "address[planet]"),
        ({"tax_id_data": [{"type": "eu_vat", "value": "DE123456789", "x": "1"}]}, "tax_id_data[0][x]"),
    ],
)
def test_an_unknown_parameter_is_refused_wherever_it_stands(client: Any, given: dict[str, Any], param: str) -> None:
    error = refused(client.customers.create, given)
    assert isinstance(error, stripe.InvalidRequestError)
    assert (error.http_status, error.code, error.param) == (400, "parameter_unknown", param)
    assert str(error.user_message) == f"Received unknown parameter: {param}"


@pytest.mark.parametrize("version", ["16", "card"])
def test_an_option_of_the_library_is_no_parameter(simulated: Stripe, version: str) -> None:
    answer = http.post(
        f"{simulated.url}/v1/customers", {"stripe_version": version}, headers={"Authorization": f"Bearer {KEY}"}
    )
    assert answer.json()["error"]["code"] == "parameter_unknown"


def test_a_missing_parameter_is_named(client: Any) -> None:
    error = refused(client.payment_intents.create, {"amount": 2500})
    assert (error.code, error.param) == ("parameter_missing", "currency")
    error = refused(client.invoices.create, {})
    assert (error.code, error.param) == ("parameter_missing", "customer")


@pytest.mark.parametrize("amount", ["12.5", "ten", "1e3", "0x10", " 7"])
def test_what_is_no_integer_is_refused(client: Any, amount: str) -> None:
    error = refused(client.payment_intents.create, {"amount": amount, "currency": "usd"})
    assert (error.code, error.param) == ("parameter_invalid_integer", "amount")


@pytest.mark.parametrize(
    ("amount", "code"),
    [(0, "parameter_invalid_integer"), (-1, "parameter_invalid_integer"), (49, "amount_too_small")],
)
def test_an_amount_that_is_too_small_is_refused(client: Any, amount: int, code: str) -> None:
    error = refused(client.payment_intents.create, {"amount": amount, "currency": "usd"})
    assert (error.code, error.param) == (code, "amount")


def test_the_largest_amount_is_taken_and_one_cent_more_refused(client: Any) -> None:
    assert client.payment_intents.create({"amount": 99_999_999, "currency": "usd"}).amount == 99_999_999
    error = refused(client.payment_intents.create, {"amount": 100_000_000, "currency": "usd"})
    assert (error.code, error.param) == ("amount_too_large", "amount")


def test_an_unknown_currency_is_refused(client: Any) -> None:
    assert refused(client.payment_intents.create, {"amount": 2500, "currency": "xxx"}).param == "currency"


def test_an_unknown_word_is_refused_with_the_known_ones(client: Any, customer: Any) -> None:
    error = refused(client.invoices.create, {"customer": customer.id, "collection_method": "by_pigeon"})
    assert error.param == "collection_method"
    assert "must be one of charge_automatically or send_invoice" in str(error)


def test_an_empty_text_unsets_only_what_can_be_unset(client: Any, customer: Any) -> None:
    error = refused(client.invoices.create, {"customer": ""})
    assert (error.code, error.param) == ("parameter_invalid_empty", "customer")
    assert client.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_a_text_in_the_place_of_an_object_or_a_list_is_refused(client: Any, customer: Any) -> None:
    assert refused(client.customers.create, {"invoice_settings": "none"}).param == "invoice_settings"
    error = refused(client.customers.create, {"preferred_locales": "de"})
    assert (error.param, "Invalid array" in str(error)) == ("preferred_locales", True)


@pytest.mark.parametrize(
    "metadata",
    [{str(n): "x" for n in range(51)}, {"k" * 41: "x"}, {"k": "x" * 501}],
    ids=["keys", "key", "value"],
)
def test_metadata_beyond_stripes_limits_is_refused(client: Any, metadata: dict[str, str]) -> None:
    assert str(refused(client.customers.create, {"metadata": metadata}).param).startswith("metadata")


def test_two_parameters_of_which_one_may_be_given_exclude_each_other(client: Any) -> None:
    error = refused(client.refunds.create, {"charge": "ch_1", "payment_intent": "pi_1"})
    assert (error.code, error.param) == ("parameters_exclusive", "payment_intent")


def test_what_the_simulator_cannot_do_is_refused_not_ignored(client: Any, customer: Any) -> None:
    error = refused(client.customers.create, {"balance": 100})
    assert error.param == "balance"
    assert "simulator" in str(error)


def test_a_refused_request_leaves_nothing_behind(client: Any, customer: Any) -> None:
    refused(top_up, client, customer, -5)
    refused(lambda: top_up(client, customer, line_items=[line(), line(quantity=0)]))
    refused(lambda: top_up(client, customer, expires_at=1))
    refused(client.customers.create, {"tax_id_data": [{"type": "eu_vat", "value": "?"}]})
    refused(client.payment_intents.create, {"amount": 2500, "currency": "usd", "confirm": True})
    assert client.checkout.sessions.list().data == []
    assert client.payment_intents.list().data == []
    assert [found.id for found in client.customers.list().data] == [customer.id]


def test_another_key_is_refused(simulated: Stripe) -> None:
    for key in ("sk_live_51abc", "sk_test_", "whatever"):
        error = refused(stripe.StripeClient(key, base_addresses={"api": simulated.url}).v1.customers.list)
        assert (type(error), error.http_status) == (stripe.AuthenticationError, 401)
    assert http.get(f"{simulated.url}/v1/customers").status_code == 401
    assert http.get(f"{simulated.url}/v1/customers", auth=(KEY, "")).status_code == 200


def test_the_account_is_a_test_account_that_may_charge(client: Any) -> None:
    assert client.accounts.retrieve_current().charges_enabled is True


def test_another_version_is_refused(simulated: Stripe) -> None:
    error = refused(simulated.client().v1.customers.list, {}, {"stripe_version": "2020-08-27"})
    assert "2020-08-27" in str(error)


def test_an_unknown_address_is_told_as_stripe_tells_it(simulated: Stripe) -> None:
    error = refused(simulated.client().v1.products.list)
    assert error.http_status == 404
    assert str(error.user_message).startswith("Unrecognized request URL (GET: /v1/products)")


def test_a_refusal_has_an_id_and_says_where_to_read_on(client: Any) -> None:
    error = refused(client.customers.retrieve, "cus_nobody")
    assert (error.http_status, error.code, error.param) == (404, "resource_missing", "id")
    assert str(error.request_id).startswith("req_")
    assert error.json_body["error"]["doc_url"].endswith("/resource-missing")
    assert str(error.user_message) == "No such customer: 'cus_nobody'"
