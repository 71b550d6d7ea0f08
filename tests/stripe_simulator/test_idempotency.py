"""A key's first answer is every later one's, for a day."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import paid, refused
from tests.support.stripe import DAY, HOUR, Stripe


def create(client: Any, key: str, **metadata: str) -> Any:
    return client.customers.create({"metadata": metadata}, {"idempotency_key": key})


def test_the_same_request_with_the_same_key_has_one_effect(client: Any) -> None:
    first, second = create(client, "ik_1", n="1"), create(client, "ik_1", n="1")
    assert first.id == second.id
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(client.customers.list().data) == 1


def test_the_answer_is_the_first_one_even_if_the_object_has_changed(client: Any) -> None:
    first = create(client, "ik_1")
    client.customers.update(first.id, {"name": "Acme"})
    assert create(client, "ik_1").name is None


def test_another_request_with_the_same_key_is_refused(client: Any) -> None:
    create(client, "ik_1", n="1")
    error = refused(lambda: create(client, "ik_1", n="2"))
    assert (type(error), error.http_status) == (stripe.IdempotencyError, 400)
    error = refused(client.invoices.create, {"customer": "cus_1"}, {"idempotency_key": "ik_1"})
    assert isinstance(error, stripe.IdempotencyError)


def test_another_key_is_another_effect(client: Any) -> None:
    assert create(client, "ik_1").id != create(client, "ik_2").id


def test_a_key_is_forgotten_after_a_day(simulated: Stripe, client: Any) -> None:
    first = create(client, "ik_1")
    simulated.advance(DAY - HOUR)
    assert create(client, "ik_1").id == first.id
    simulated.advance(HOUR + 1)
    assert create(client, "ik_1").id != first.id


def test_a_500_is_replayed_although_nothing_was_done(simulated: Stripe, client: Any) -> None:
    simulated.fail("500")
    for _ in range(2):
        assert refused(lambda: create(client, "ik_1")).http_status == 500
    assert client.customers.list().data == []


def test_a_500_after_the_deed_is_replayed_for_good(simulated: Stripe, client: Any) -> None:
    simulated.fail("failed")
    for _ in range(2):
        assert refused(lambda: create(client, "ik_1", topup="7")).http_status == 500
    assert [found.metadata["topup"] for found in client.customers.list().data] == ["7"]


@pytest.mark.parametrize("mode", ["429", "409", "lost"])
def test_what_was_not_begun_is_not_kept(simulated: Stripe, client: Any, mode: str) -> None:
    simulated.fail(mode)
    refused(lambda: create(client, "ik_1"))
    assert create(client, "ik_1").id.startswith("cus_")


def test_a_refused_parameter_is_not_kept(client: Any) -> None:
    refused(client.customers.create, {"colour": "blue"}, {"idempotency_key": "ik_1"})
    assert create(client, "ik_1").id.startswith("cus_")


def test_a_declined_card_and_a_refund_that_is_too_large_are_kept(simulated: Stripe, client: Any, customer: Any) -> None:
    asked = {"amount": 2500, "currency": "usd", "confirm": True, "payment_method": "pm_card_chargeDeclined"}
    first = refused(client.payment_intents.create, asked, {"idempotency_key": "ik_1"})
    second = refused(client.payment_intents.create, asked, {"idempotency_key": "ik_1"})
    assert first.json_body == second.json_body
    assert len(client.payment_intents.list().data) == 1
    charge = paid(simulated, client, customer).payment_intent.latest_charge.id
    refused(client.refunds.create, {"charge": charge, "amount": 9999}, {"idempotency_key": "ik_2"})
    error = refused(client.refunds.create, {"charge": charge, "amount": 9999}, {"idempotency_key": "ik_2"})
    assert error.headers["Idempotent-Replayed"] == "true"


def test_a_key_in_use_is_a_conflict_and_has_one_effect(simulated: Stripe, client: Any) -> None:
    simulated.fail("slow", seconds=0.3)
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(create, simulated.client().v1, "ik_1") for _ in range(2)]
    error = next(found for one in tries if (found := one.exception()))
    assert isinstance(error, stripe.APIError)
    assert error.http_status == 409
    assert error.json_body["error"]["code"] == "idempotency_key_in_use"
    assert [one.exception() for one in tries].count(None) == 1
    assert len(client.customers.list().data) == 1
