"""The simulator as `make run` starts it: a program that keeps its state over restarts."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from dev.stripe_simulator.state import load
from dev.stripe_simulator.world import World
from tests.dev.conftest import program
from tests.stripe_simulator.conftest import http
from tests.support.ports import free_port
from tests.support.stripe import KEY


def client(port: int) -> Any:
    return stripe.StripeClient(KEY, base_addresses={"api": f"http://127.0.0.1:{port}"}).v1


def test_a_restart_keeps_customers_cards_keys_and_time(tmp_path: Path) -> None:
    port, state = free_port(), tmp_path / "stripe.json"
    arguments = ("dev.stripe_simulator", "--webhook-secret", "whsec_x", "--state", str(state))
    with program(*arguments, port=port):
        first = client(port).customers.create({}, {"idempotency_key": "ik_1"})
        card = client(port).payment_methods.attach("pm_card_chargeCustomerFail", {"customer": first.id})
        http.post(f"http://127.0.0.1:{port}/_control/clock", json={"advance": 3600})
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert "4000000000000341" not in state.read_text()
    assert json.loads(state.read_text())["ahead"] == 3600
    with program(*arguments, port=port):
        assert client(port).customers.create({}, {"idempotency_key": "ik_1"}).id == first.id
        asked = {"amount": 2500, "currency": "usd", "customer": first.id, "payment_method": card.id, "confirm": True}
        with pytest.raises(stripe.CardError):
            client(port).payment_intents.create(asked)


def test_a_state_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    state, world = tmp_path / "stripe.json", World("", "", "whsec_x")
    for text in ("{", "[]", '{"ahead": 1}'):
        state.write_text(text)
        load(world, state)
        assert (tmp_path / "stripe.unreadable").read_text() == text
        assert not state.exists()
        assert (world.clock.ahead, list(world.store.where("customer"))) == (0, [])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = free_port()
    with program("dev.stripe_simulator", "--webhook-secret", "whsec_x", port=port):
        yield f"http://127.0.0.1:{port}"


def test_it_says_that_it_is_well_and_shows_what_happened(url: str) -> None:
    assert http.get(f"{url}/healthz").text == "ok\n"
    assert "Nothing happened yet" in http.get(url).text
    client(int(url.rsplit(":", 1)[1])).customers.create({})
    assert "customer.created" in http.get(url).text
    for name in ("stripe.css", "outside.css"):
        assert http.get(f"{url}/static/{name}").status_code == 200
    assert http.get(f"{url}/static/views.py").status_code == 404


def test_the_clock_is_moved_on_from_its_page(url: str) -> None:
    before = http.get(f"{url}/_control/happened").json()["now"]
    http.post(f"{url}/clock", {"seconds": "86400"})
    after = http.get(f"{url}/_control/happened").json()["now"]
    assert 86400 <= after - before < 86410
