"""The ways in which the simulator fails when it is told to."""

import time
from typing import Any

import pytest
import stripe

from tests.stripe_simulator.conftest import http, refused
from tests.support.stripe import Stripe


@pytest.fixture
def impatient(simulated: Stripe) -> stripe.StripeClient:
    """A client that waits for a fifth of a second, once."""
    return stripe.StripeClient(
        simulated.secret_key,
        base_addresses={"api": simulated.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=0.2),
    )


def test_a_cut_connection_after_the_deed_leaves_the_deed(simulated: Stripe, client: Any) -> None:
    simulated.fail("cut", path="/v1/customers")
    error = refused(client.customers.create, {"metadata": {"n": "1"}}, {"idempotency_key": "ik_1"})
    assert isinstance(error, stripe.APIConnectionError)
    assert len(client.customers.list().data) == 1
    again = client.customers.create({"metadata": {"n": "1"}}, {"idempotency_key": "ik_1"})
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.customers.list().data) == 1


def test_a_connection_that_hangs_after_the_deed_runs_into_the_clients_timeout(
    simulated: Stripe, impatient: stripe.StripeClient
) -> None:
    simulated.fail("hang", seconds=5)
    error = refused(impatient.v1.customers.create, {})
    assert isinstance(error, stripe.APIConnectionError)
    assert len(impatient.v1.customers.list().data) == 1


def test_a_slow_request_that_a_reset_overtakes_does_nothing_in_the_new_world(
    simulated: Stripe, impatient: stripe.StripeClient
) -> None:
    simulated.fail("slow", seconds=0.8)
    assert isinstance(refused(impatient.v1.customers.create, {}), stripe.APIConnectionError)
    simulated.reset()
    time.sleep(1)
    assert simulated.happened()["requests"] == []
    assert impatient.v1.customers.list().data == []


def test_a_lost_request_does_nothing(simulated: Stripe, client: Any) -> None:
    simulated.fail("lost")
    assert isinstance(refused(client.customers.create, {}), stripe.APIConnectionError)
    assert client.customers.list().data == []


@pytest.mark.parametrize(
    ("mode", "kind", "status"),
    [("429", stripe.RateLimitError, 429), ("500", stripe.APIError, 500), ("409", stripe.APIError, 409)],
)
def test_a_refusal_is_of_the_librarys_kind(
    simulated: Stripe, client: Any, mode: str, kind: type[stripe.StripeError], status: int
) -> None:
    simulated.fail(mode)
    error = refused(client.customers.create, {})
    assert (type(error), error.http_status) == (kind, status)
    assert client.customers.create({}).id


def test_the_library_itself_retries_a_lock_timeout_and_succeeds(simulated: Stripe) -> None:
    simulated.fail("409")
    assert simulated.client(retries=1).v1.customers.create({}).id
    statuses = [request["status"] for request in simulated.happened()["requests"]]
    assert statuses == [409, 200]


def test_a_fault_is_for_its_path_and_method_and_number_of_times(simulated: Stripe, client: Any) -> None:
    simulated.fail("500", times=2, path="/v1/customers", method="POST")
    assert client.customers.list().data == []
    assert client.payment_intents.create({"amount": 2500, "currency": "usd"}).id
    for _ in range(2):
        refused(client.customers.create, {})
    assert client.customers.create({}).id


def test_while_stripe_is_away_nothing_is_answered_and_afterwards_everything(simulated: Stripe, client: Any) -> None:
    simulated.away()
    for call in (client.customers.list, client.customers.create):
        assert isinstance(refused(call, {}), stripe.APIConnectionError)
    simulated.away(False)
    assert client.customers.list().data == []


def test_an_unknown_fault_is_refused(simulated: Stripe) -> None:
    with pytest.raises(AssertionError, match="Unknown mode"):
        simulated.fail("earthquake")


def test_an_object_can_be_altered_behind_everybodys_back(simulated: Stripe, client: Any, customer: Any) -> None:
    before = len(simulated.events())
    simulated.alter(customer.id, livemode=True)
    assert client.customers.retrieve(customer.id).livemode is True
    assert len(simulated.events()) == before


def test_the_control_takes_nothing_that_a_foreign_page_could_send(simulated: Stripe) -> None:
    answer = http.post(f"{simulated.url}/_control/reset", data={"a": "1"})
    assert answer.status_code == 415
