"""One simulator for all of these tests, empty before each, and a buyer's browser."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
import stripe

from tests.support.stripe import Stripe, simulator

http = requests.Session()
SUCCESS, CANCEL = "http://console.example/paid?session={CHECKOUT_SESSION_ID}", "http://console.example/credit"


@pytest.fixture(scope="session")
def _simulator() -> Iterator[Stripe]:
    with simulator() as running:
        yield running


@pytest.fixture
def simulated(_simulator: Stripe) -> Stripe:
    _simulator.reset()
    return _simulator


@pytest.fixture
def client(simulated: Stripe) -> Any:
    return simulated.client().v1


@pytest.fixture
def customer(client: Any) -> Any:
    return client.customers.create({"metadata": {"organization": "1"}})


def line(cents: int = 2500, **more: Any) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {"currency": "usd", "unit_amount": cents, "product_data": {"name": "Credit"}},
        **more,
    }


def top_up(client: Any, customer: Any, cents: int = 2500, **more: Any) -> Any:
    """Open a Checkout session as the console does."""
    asked = {
        "mode": "payment",
        "customer": customer.id,
        "line_items": [line(cents)],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        "metadata": {"topup": "1"},
        "invoice_creation": {"enabled": True},
        "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"topup": "1"}},
    }
    return client.checkout.sessions.create({**asked, **more})


def paid(simulated: Stripe, client: Any, customer: Any, cents: int = 2500, **typed: Any) -> Any:
    """Return a session that was paid, with its payment intent and charge."""
    session = top_up(client, customer, cents)
    assert simulated.submit(session.id, **typed)["error"] is None
    return client.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})


def invoice(client: Any, customer: Any, cents: int = 1200, **more: Any) -> Any:
    """Make a draft with one line."""
    draft = client.invoices.create({"customer": customer.id, **more})
    item = {"customer": customer.id, "invoice": draft.id, "amount": cents, "currency": "usd", "description": "Usage"}
    client.invoice_items.create(item)
    return client.invoices.retrieve(draft.id)


def refused(call: Any, *given: Any) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as caught:
        call(*given)
    return caught.value


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.scripts += tag == "script" or any(name.startswith("on") for name in told)
        if tag == "form":
            self.forms.append({"action": told.get("action") or "", "fields": {}})
        unchecked = told.get("type") == "radio" and "checked" not in told
        if tag == "input" and self.forms and told.get("name") and not unchecked:
            self.forms[-1]["fields"][told["name"]] = told.get("value") or ""
        if tag == "select":
            self._select = str(told["name"])
        if tag == "option" and "selected" in told:
            self.forms[-1]["fields"][self._select] = told["value"]


class Browser:
    """A browser without JavaScript that stops before it leaves the simulator."""

    def __init__(self, url: str) -> None:
        self._origin = url
        self._session = requests.Session()
        self.open(url)

    def open(self, url: str) -> None:
        self._took(self._session.get(url, allow_redirects=False))

    def send(self, place: int = 0, /, **typed: str) -> None:
        """Fill in a form of the page and send it."""
        form = self._forms[place]
        address = urljoin(self.address, form["action"])
        self._took(self._session.post(address, {**form["fields"], **typed}, allow_redirects=False))

    def _took(self, answer: requests.Response) -> None:
        self.status, self.address, self.text, self.headers = answer.status_code, answer.url, answer.text, answer.headers
        if answer.is_redirect:
            self.address = urljoin(answer.url, answer.headers["Location"])
            if urlsplit(self.address).netloc == urlsplit(self._origin).netloc:
                self.open(self.address)
            return
        read = _Forms()
        read.feed(answer.text)
        assert read.scripts == 0
        self._forms = read.forms
