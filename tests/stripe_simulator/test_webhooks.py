"""Events go out signed, again until they are taken, and as unreliably as they are told to."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, get_args, get_type_hints

import pytest
import stripe

from dev.stripe_simulator.webhooks import signature
from tests.stripe_simulator.conftest import paid
from tests.support.stripe import DAY, HOUR, SECRET, Stripe, simulator


class Console(ThreadingHTTPServer):
    """A console that takes webhooks, or refuses them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.took: list[tuple[str, bytes, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Console

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.took.append((self.path, body, self.headers["Stripe-Signature"]))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def _world() -> Iterator[tuple[Console, Stripe]]:
    server = Console()
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with simulator(f"http://127.0.0.1:{server.server_port}") as running:
        yield server, running
    server.shutdown()
    server.server_close()


@pytest.fixture
def console(_world: tuple[Console, Stripe]) -> Console:
    console, running = _world
    running.reset()
    console.status, console.took = 200, []
    return console


@pytest.fixture
def simulated(console: Console, _world: tuple[Console, Stripe]) -> Stripe:
    return _world[1]


def types(console: Console) -> list[str]:
    return [json.loads(body)["type"] for _, body, _ in console.took]


def customers(client: Any, count: int) -> None:
    for _ in range(count):
        client.customers.create({})


def test_an_event_reaches_the_console_signed(simulated: Stripe, console: Console, client: Any) -> None:
    made = client.customers.create({"name": "Acme"})
    assert simulated.deliver() == 1
    path, body, signed = console.took[0]
    assert path == "/stripe/webhook/"
    event = stripe.Webhook.construct_event(body, signed, SECRET)
    assert (event.type, event.data.object.id, event.livemode) == ("customer.created", made.id, False)
    assert event.api_version == stripe.api_version
    assert event.request.id == made.last_response.request_id
    assert client.events.retrieve(event.id).data.object.name == "Acme"


def test_a_modified_a_foreign_and_a_stale_signature_are_told_by_the_library(simulated: Stripe, client: Any) -> None:
    customers(client, 1)
    delivery = simulated.webhooks()[0]
    body = delivery["body"]
    for changed, signed in (
        (body.replace("customer", "customers", 1), delivery["signature"]),
        (body, signature(body, "whsec_another")),
        (body, signature(body, SECRET, int(time.time()) - 301)),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(changed, signed, SECRET)
    stripe.Webhook.construct_event(body, signature(body, SECRET), SECRET)


def test_deliveries_can_be_forged(simulated: Stripe, client: Any) -> None:
    simulated.deliveries(forged=True)
    customers(client, 1)
    delivery = simulated.webhooks()[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(delivery["body"], delivery["signature"], SECRET)


def test_a_refused_event_comes_again_later_each_time(simulated: Stripe, console: Console, client: Any) -> None:
    console.status = 500
    customers(client, 1)
    assert simulated.deliver() == 0
    assert simulated.deliver() == 0
    assert len(console.took) == 1  # the second try is not due yet
    simulated.advance(6)
    simulated.deliver()
    assert len(console.took) == 2
    simulated.advance(6)
    simulated.deliver()
    assert len(console.took) == 2
    console.status = 200
    simulated.advance(HOUR)
    assert simulated.deliver() == 1
    assert simulated.deliver() == 0
    answers = simulated.happened()["events"][0]["answers"]
    assert answers == ["500", "500", "200"]


def test_after_three_days_an_event_is_given_up_but_can_be_sent_again(
    simulated: Stripe, console: Console, client: Any
) -> None:
    console.status = 302
    customers(client, 1)
    for _ in range(5):
        simulated.deliver()
        simulated.advance(DAY)
    tries = len(console.took)
    simulated.advance(DAY)
    simulated.deliver()
    assert len(console.took) == tries == 4
    event = client.events.list().data[0]
    assert ids(client, delivery_success=False) == [event.id]
    console.status = 200
    simulated.control(f"events/{event.id}/again")
    assert simulated.deliver() == 1


def ids(client: Any, **asked: Any) -> list[str]:
    return [event.id for event in client.events.list(asked).data]


def test_an_event_comes_as_often_as_it_is_told_to(simulated: Stripe, console: Console, client: Any) -> None:
    simulated.deliveries(copies=50)
    customers(client, 1)
    assert simulated.deliver() == 50
    assert len({json.loads(body)["id"] for _, body, _ in console.took}) == 1


def test_events_come_in_order_unless_shuffled(simulated: Stripe, console: Console, client: Any, customer: Any) -> None:
    paid(simulated, client, customer)
    simulated.deliver()
    assert types(console) == simulated.events()
    console.took = []
    simulated.deliveries(shuffled=True, seed=3)
    paid(simulated, client, customer)
    simulated.deliver()
    assert sorted(types(console)) == sorted(simulated.events()[-len(console.took) :])
    assert types(console) != simulated.events()[-len(console.took) :]


def test_a_share_is_dropped_for_good_and_can_be_listed(simulated: Stripe, console: Console, client: Any) -> None:
    simulated.deliveries(dropped=0.5, seed=1)
    customers(client, 20)
    simulated.deliver()
    simulated.advance(4 * DAY)
    simulated.deliver()
    missing = ids(client, delivery_success=False, limit=100)
    assert 0 < len(console.took) < 20
    assert len(missing) + len(console.took) == 20
    arrived = {json.loads(body)["id"] for _, body, _ in console.took}
    assert not arrived & set(missing)
    assert set(ids(client, delivery_success=True, limit=100)) == arrived


def test_events_can_be_late(simulated: Stripe, console: Console, client: Any) -> None:
    simulated.deliveries(delay=HOUR)
    customers(client, 1)
    assert simulated.deliver() == 0
    simulated.advance(HOUR)
    assert simulated.deliver() == 1


def test_without_a_pause_events_go_out_by_themselves(simulated: Stripe, console: Console, client: Any) -> None:
    simulated.deliveries(paused=False)
    customers(client, 1)
    deadline = time.monotonic() + 5
    while not console.took and time.monotonic() < deadline:
        time.sleep(0.02)
    assert types(console) == ["customer.created"]


def test_what_is_taken_by_a_test_is_not_sent(simulated: Stripe, console: Console, client: Any) -> None:
    customers(client, 2)
    assert len(simulated.webhooks()) == 2
    assert (simulated.webhooks(), simulated.deliver(), console.took) == ([], 0, [])


def test_events_are_listed_by_type(simulated: Stripe, client: Any, customer: Any) -> None:
    paid(simulated, client, customer)
    asked = {"types": ["invoice.paid", "customer.*"]}
    assert [event.type for event in client.events.list(asked).data] == ["invoice.paid", "customer.created"]
    assert len(client.events.list({"type": "charge.succeeded"}).data) == 1


def test_events_are_listed_for_thirty_days(simulated: Stripe, client: Any) -> None:
    customers(client, 1)
    simulated.advance(29 * DAY)
    assert len(ids(client)) == 1
    simulated.advance(2 * DAY)
    assert ids(client) == []


def test_every_event_is_of_a_type_that_the_library_knows(simulated: Stripe, client: Any, customer: Any) -> None:
    paid(simulated, client, customer, card="pm_card_createDispute")
    session = paid(simulated, client, customer)
    client.refunds.create({"payment_intent": session.payment_intent.id})
    simulated.advance(10 * DAY)
    assert set(simulated.events()) <= set(get_args(get_type_hints(stripe.Event)["type"]))


def test_an_event_shows_the_object_as_it_was(client: Any, customer: Any) -> None:
    client.customers.update(customer.id, {"name": "Acme"})
    created = client.events.list({"type": "customer.created"}).data[0]
    assert created.data.object.name is None


def test_another_console_can_be_pointed_at(simulated: Stripe, console: Console, client: Any) -> None:
    before = simulated.console
    simulated.point_at("http://127.0.0.1:9")
    customers(client, 1)
    assert simulated.deliver() == 0
    simulated.point_at(before)
    simulated.advance(HOUR)
    assert simulated.deliver() == 1


def test_the_endpoint_is_told(simulated: Stripe, client: Any) -> None:
    assert client.webhook_endpoints.list().data[0].url == f"{simulated.console}/stripe/webhook/"
