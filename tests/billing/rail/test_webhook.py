"""The webhook: what Stripe signed just now is kept once and answered with 200; anything else is forgotten."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from billing.models import BillingAccount, EventState, StripeEvent
from dev.stripe_simulator.webhooks import signature
from tests.billing.rail.conftest import buy
from tests.support.stripe import SECRET, Stripe

pytestmark = pytest.mark.django_db
ADDRESS = "/stripe/webhook/"


def post(client: Client, body: bytes | str, signed: str | None) -> int:
    more = {} if signed is None else {"headers": {"Stripe-Signature": signed}}
    return int(client.post(ADDRESS, body, content_type="application/json", **more).status_code)  # type: ignore[arg-type]


def body_of(**changes: Any) -> str:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": "cs_test_1", "object": "checkout.session"}},
        **changes,
    }
    return json.dumps(event)


def test_what_stripe_tells_is_kept_without_its_body(client: Client, account: BillingAccount, stripe: Stripe) -> None:
    top_up = buy(account)
    stripe.submit(top_up.stripe_session)
    told = {json.loads(each["body"])["type"]: each for each in stripe.webhooks()}["checkout.session.completed"]
    assert post(client, told["body"], told["signature"]) == 200
    event = StripeEvent.objects.get()
    assert (event.pk, event.object_id, event.state) == (told["event"], top_up.stripe_session, EventState.RECEIVED)
    account.refresh_from_db()
    assert account.balance == 0


def test_what_comes_a_hundred_times_is_kept_once_and_taken_each_time(client: Client, stripe: Stripe) -> None:
    body = body_of()
    assert {post(client, body, signature(body, SECRET)) for _ in range(100)} == {200}
    assert StripeEvent.objects.count() == 1


@pytest.mark.parametrize(
    "signed",
    [
        None,
        "",
        "nonsense",
        "t=1,v1=2",
        "t=now,v1=2",
        signature(body_of(), "whsec_forged"),
        signature(body_of(), SECRET, at=int(time.time()) - 3600),
        signature(body_of(type="invoice.paid"), SECRET),
        signature(body_of(), SECRET).replace("v1=", "v0="),
    ],
    ids=["none", "empty", "nonsense", "short", "no-time", "forged", "stale", "another-body", "another-scheme"],
)
def test_what_stripe_did_not_sign_just_now_is_forgotten(client: Client, stripe: Stripe, signed: str | None) -> None:
    assert post(client, body_of(created=1), signed) == 400
    assert not StripeEvent.objects.exists()


def test_one_changed_byte_is_enough(client: Client, stripe: Stripe) -> None:
    body = body_of()
    signed = signature(body, SECRET)
    assert post(client, body.replace("cs_test_1", "cs_test_2"), signed) == 400
    assert post(client, body + " ", signed) == 400
    assert post(client, body, signed) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        body_of(object="v2.core.event"),
        body_of(id="1"),
        body_of(id=7),
        body_of(id="evt_" + "x" * 300),
        body_of(created="soon"),
        body_of(created=1e300),
        body_of(data={}),
        body_of(data={"object": {"id": 5}}),
    ],
)
def test_what_is_signed_and_is_no_event_is_refused(client: Client, stripe: Stripe, body: bytes | str) -> None:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    assert post(client, body, signature(text, SECRET)) == 400
    assert not StripeEvent.objects.exists()


def test_a_body_that_is_too_large_is_not_read(client: Client, stripe: Stripe) -> None:
    body = body_of(padding="x" * 600_000)
    assert post(client, body, signature(body, SECRET)) == 413


def test_two_secrets_count_while_one_is_replaced(client: Client, stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_the_new_one", SECRET]
    for number, secret in enumerate(("whsec_the_new_one", SECRET)):
        body = body_of(id=f"evt_{number}")
        assert post(client, body, signature(body, secret)) == 200
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_the_new_one"]
    body = body_of(id="evt_old")
    assert post(client, body, signature(body, SECRET)) == 400


def test_without_a_secret_nothing_is_believed(client: Client, stripe: Stripe, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert post(client, body_of(), signature(body_of(), "")) == 400


def test_a_type_that_we_do_not_act_on_is_noted_and_over(client: Client, stripe: Stripe) -> None:
    body = body_of(type="payment_method.attached")
    assert post(client, body, signature(body, SECRET)) == 200
    assert StripeEvent.objects.get().state == EventState.IGNORED


@pytest.mark.parametrize("ask", [lambda client: client.get(ADDRESS), lambda client: client.put(ADDRESS)])
def test_it_is_told_by_post_alone(client: Client, stripe: Stripe, ask: Callable[[Client], Any]) -> None:
    assert ask(client).status_code == 405


def test_no_session_and_no_role_makes_a_difference(as_owner: Client, as_outsider: Client, stripe: Stripe) -> None:
    assert {post(each, body_of(), "t=1,v1=2") for each in (as_owner, as_outsider)} == {400}
