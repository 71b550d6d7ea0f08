"""Whatever is sent to any endpoint is answered in Stripe's shape: nonsense is refused, nothing breaks."""

from typing import Any

import pytest

from dev.stripe_simulator import parameters
from dev.stripe_simulator.api.call import Endpoint
from dev.stripe_simulator.api.table import ENDPOINTS
from tests.stripe_simulator.conftest import http, invoice, paid, top_up
from tests.support.stripe import KEY, Stripe

HEADERS = {"Authorization": f"Bearer {KEY}"}
NONSENSE = ("", "x", "-1", "0", "9" * 19, "1e9", "٣", "a\x00b", "true", "é" * 600)


@pytest.fixture
def ids(simulated: Stripe, client: Any, customer: Any) -> dict[str, str]:
    """One object of each kind, by the end of its addresses' folder."""
    session = paid(simulated, client, customer)
    charge = session.payment_intent.latest_charge
    refund = client.refunds.create({"charge": charge.id, "amount": 100})
    note = client.credit_notes.create({"invoice": session.invoice, "amount": 100, "refunds": [{"refund": refund.id}]})
    draft = invoice(client, customer)
    return {
        "customers": customer.id,
        "tax_ids": client.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"}).id,
        "payment_methods": simulated.save_card(customer.id),
        "payment_intents": client.payment_intents.create({"amount": 2500, "currency": "usd"}).id,
        "setup_intents": client.setup_intents.create({"customer": customer.id}).id,
        "charges": charge.id,
        "refunds": refund.id,
        "disputes": simulated.control("disputes", charge=charge.id)["id"],
        "balance_transactions": charge.balance_transaction,
        "invoices": draft.id,
        "invoiceitems": client.invoice_items.list().data[0].id,
        "credit_notes": note.id,
        "sessions": top_up(client, customer).id,
        "events": client.events.list().data[0].id,
    }


def addresses(endpoint: Endpoint, ids: dict[str, str]) -> list[str]:
    """Return the address with ids that exist, and with others."""
    parts = endpoint.path.split("/")
    known = [
        ids.get(before, "x") if part.startswith("{") else part
        for before, part in zip(["", *parts], parts, strict=False)
    ]
    unknown = ["nobody" if part.startswith("{") else part for part in parts]
    return ["/".join(known), "/".join(unknown)]


def send(simulated: Stripe, method: str, path: str, given: dict[str, str]) -> Any:
    place = {"data": given} if method == "POST" else {"params": given}
    return http.request(method, simulated.url + path, headers=HEADERS, **place)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_nonsense_is_refused_and_nothing_breaks(simulated: Stripe, ids: dict[str, str], endpoint: Endpoint) -> None:
    fields = parameters._fields(parameters._named(endpoint.params))
    for path in addresses(endpoint, ids):
        for name in [*fields, "unknown"]:
            for given in ({name: NONSENSE[len(name) % len(NONSENSE)]}, {f"{name}[0][x]": "1"}, {f"{name}[x]": "1"}):
                answer = send(simulated, endpoint.method, path, given)
                assert answer.status_code in (200, 400, 402, 404), (path, given, answer.text)
                assert answer.headers["Content-Type"].startswith("application/json")
                assert answer.status_code == 200 or answer.json()["error"]["type"]


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a=1&a[b]=2", b"[]=1", b"a[[b]]=1", b"a" + b"[b]" * 50 + b"=1"], ids=range(5)
)
def test_a_malformed_body_is_refused(simulated: Stripe, body: bytes) -> None:
    headers = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
    answer = http.post(f"{simulated.url}/v1/customers", data=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_body_of_json_is_refused(simulated: Stripe) -> None:
    answer = http.post(f"{simulated.url}/v1/customers", json={"name": "Acme"}, headers=HEADERS)
    assert answer.status_code == 400
