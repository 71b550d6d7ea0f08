"""What programs see of what the payment provider keeps: asked for each time, and missed when it is away."""

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organization, User
from accounts.policy import Permission
from billing.actions.balance_warning import set_balance_warning
from billing.actions.terms import set_terms
from billing.models import BalanceWarning, BillingAccount, Mode, StripeIntent, TopUp
from billing.rail.carrying import carry_out_due
from billing.rail.deeds.customers import customer_of
from billing.rail.questions import A_MINUTE
from catalog.money import CENT, PICO
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications.models import WindowCount
from tests.admin_api.conftest import ROOT, Caller, program
from tests.billing.rail.conftest import buy, hear
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
METHODS, TAX, PORTAL = "billing/payment-methods/", "billing/tax/", "billing/portal-sessions/"
WARNING, TOP_UPS = "billing/balance-warning/", "billing/top-ups/"


@pytest.fixture
def account(organization: Organization, stripe: Stripe) -> BillingAccount:
    return set_terms(OPERATOR, organization.pk, mode=Mode.PREPAID)


@pytest.fixture
def customer(account: BillingAccount) -> str:
    return customer_of(account.pk)


@pytest.fixture
def paid(account: BillingAccount, stripe: Stripe) -> TopUp:
    """A purchase of 20 dollars that went through."""
    top_up = buy(account, 2000)
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    top_up.refresh_from_db()
    return top_up


def receipt_of(top_up: TopUp) -> str:
    return f"billing/top-ups/{top_up.pk}/receipt/"


def asked(stripe: Stripe) -> int:
    return len(stripe.happened()["requests"])


def everything(caller: Caller, paid: TopUp) -> list[Any]:
    """Ask all that the provider has to answer."""
    return [*(caller.ask(path) for path in (METHODS, TAX, receipt_of(paid))), caller.make(PORTAL)]


def set_warning(caller: Caller, threshold: Any) -> Any:
    return caller.put(ROOT + WARNING, {"threshold_cents": threshold}, content_type="application/json")


def set_recharge(caller: Caller) -> Any:
    wanted = {"threshold_cents": 1000, "amount_cents": 5000, "monthly_cap_cents": 20_000}
    return caller.put(f"{ROOT}billing/auto-recharge/", wanted, content_type="application/json")


def test_payment_methods_are_as_the_provider_has_them(customer: str, stripe: Stripe, olivia: Caller) -> None:
    assert olivia.ask(METHODS).json() == {"data": []}
    stripe.save_card(customer)
    (shown,) = olivia.ask(METHODS).json()["data"]
    (there,) = stripe.client().v1.payment_methods.list({"customer": customer}).data
    assert there.card
    assert shown == {
        "kind": "card",
        "brand": "visa",
        "last4": "4242",
        "expiry_month": there.card.exp_month,
        "expiry_year": there.card.exp_year,
        "default": True,
    }
    stripe.client().v1.payment_methods.detach(there.id)
    assert olivia.ask(METHODS).json() == {"data": []}


def test_the_one_that_is_charged_comes_first(customer: str, stripe: Stripe, olivia: Caller) -> None:
    first, _ = stripe.save_card(customer), stripe.save_card(customer, "pm_card_mastercard")
    stripe.client().v1.customers.update(customer, {"invoice_settings": {"default_payment_method": first}})
    shown = olivia.ask(METHODS).json()["data"]
    assert [(each["brand"], each["default"]) for each in shown] == [("visa", True), ("mastercard", False)]


def test_the_address_and_tax_ids_are_as_the_provider_has_them(customer: str, stripe: Stripe, olivia: Caller) -> None:
    v1 = stripe.client().v1
    v1.customers.update(customer, {"name": "Acme GmbH", "address": {"line1": "Hauptstr. 1", "country": "DE"}})
    v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"})
    shown = olivia.ask(TAX).json()
    assert (shown["name"], shown["address"]) == ("Acme GmbH", ["Hauptstr. 1", "DE"])
    assert [(each["kind"], each["value"]) for each in shown["ids"]] == [("eu_vat", "DE123456789")]


def test_who_has_bought_nothing_yet_has_none_of_it_and_nobody_is_asked(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    assert olivia.ask(METHODS).json() == {"data": []}
    assert olivia.ask(TAX).json() == {"name": "", "address": [], "ids": []}
    assert asked(stripe) == 0


def test_nothing_of_it_is_kept_here(customer: str, stripe: Stripe, olivia: Caller) -> None:
    stripe.save_card(customer)
    assert olivia.ask(METHODS)["Cache-Control"] == "no-store"
    assert "4242" not in str(list(BillingAccount.objects.values()))


def test_a_receipt_is_where_the_provider_shows_it(paid: TopUp, stripe: Stripe, olivia: Caller) -> None:
    there = stripe.client().v1.invoices.retrieve(paid.stripe_invoice)
    assert olivia.ask(receipt_of(paid)).json() == {"url": there.hosted_invoice_url}


def test_what_is_not_paid_has_no_receipt_and_nobody_is_asked(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    top_up = buy(account, 2000)
    before = asked(stripe)
    assert olivia.ask(receipt_of(top_up)).status_code == 404
    assert asked(stripe) == before


def test_the_portal_opens_for_one_person_and_that_is_recorded(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    key = {"Idempotency-Key": str(new_id())}
    opened = olivia.make(PORTAL, **key)
    assert opened.status_code == 201
    assert opened.json()["url"].startswith(f"{stripe.url}/p/session/")
    before = asked(stripe)
    again = olivia.make(PORTAL, **key)
    assert (again.json(), again["Idempotency-Replayed"]) == ({"url": None}, "true")
    assert asked(stripe) == before
    (event,) = AuditEvent.objects.filter(action=Action.PAYMENT_METHODS_OPENED, organization_id=account.pk)
    assert event.actor.startswith("key:")


def test_with_the_provider_away_all_of_it_says_when_to_come_again(paid: TopUp, stripe: Stripe, olivia: Caller) -> None:
    stripe.away()
    for answer in everything(olivia, paid):
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].endswith("#unavailable")
    assert not AuditEvent.objects.filter(action=Action.PAYMENT_METHODS_OPENED).exists()


def test_a_portal_that_did_not_open_may_be_asked_for_again_under_the_same_key(
    customer: str, stripe: Stripe, olivia: Caller
) -> None:
    key = {"Idempotency-Key": str(new_id())}
    stripe.away()
    assert olivia.make(PORTAL, **key).status_code == 503
    stripe.away(False)
    assert olivia.make(PORTAL, **key).json()["url"]


def test_who_asks_in_a_loop_does_not_use_up_the_tries_to_make_the_customer(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    stripe.away()
    assert [olivia.make(PORTAL).status_code for _ in range(5)] == [503] * 5
    assert StripeIntent.objects.get().attempts < 4
    stripe.away(False)
    carry_out_due(timezone.now() + timedelta(minutes=1))
    assert olivia.make(PORTAL).status_code == 201


@pytest.mark.parametrize("number", range(4))
def test_a_provider_that_hangs_holds_a_worker_for_moments_alone(
    paid: TopUp, stripe: Stripe, olivia: Caller, number: int
) -> None:
    asks = [lambda path=path: olivia.ask(path) for path in (METHODS, TAX, receipt_of(paid))]
    asks.append(lambda: olivia.make(PORTAL))
    stripe.fail("slow", times=5, seconds=6)
    began = monotonic()
    assert asks[number]().status_code == 503
    assert monotonic() - began < 4


def test_what_the_provider_refuses_for_good_is_not_to_be_asked_again(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    BillingAccount.objects.update(stripe_customer="cus_unknown")
    for answer in (olivia.ask(METHODS), olivia.ask(TAX), olivia.make(PORTAL)):
        assert (answer.status_code, "Retry-After" in answer) == (409, False)
        assert "cus_unknown" not in answer.content.decode()


def test_without_a_provider_it_says_so(paid: TopUp, olivia: Caller, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    for answer in everything(olivia, paid):
        assert answer.status_code == 409
        assert "not set up" in answer.json()["detail"]


def test_the_keys_of_an_organization_cannot_use_up_what_the_provider_takes_of_all(
    paid: TopUp, stripe: Stripe, olivia: Caller, organization: Organization, owner: User
) -> None:
    olivia.ask(METHODS)
    asked_for = WindowCount.objects.get(key=str(organization.pk), scope="asks-stripe-minute")
    for minute in range(2):  # the test may run into the next one
        start = asked_for.start + timedelta(minutes=minute)
        WindowCount.objects.update_or_create(
            scope=asked_for.scope, key=asked_for.key, start=start, defaults={"count": A_MINUTE}
        )
    before, other = asked(stripe), program(organization, owner)
    for answer in (*everything(other, paid), other.make(TOP_UPS, {"cents": 2500}), set_recharge(other)):
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
    assert asked(stripe) == before
    assert TopUp.objects.get() == paid, "nothing is begun that has no page"


def test_the_page_of_a_purchase_is_not_asked_for_again_and_again_under_one_idempotency_key(
    account: BillingAccount, stripe: Stripe, olivia: Caller
) -> None:
    key = {"Idempotency-Key": str(new_id())}
    statuses = [olivia.make(TOP_UPS, {"cents": 2500}, **key).status_code for _ in range(2 * A_MINUTE + 1)]
    assert statuses.count(201) <= 2 * A_MINUTE  # of two minutes, should the test run into the next one
    assert statuses[-1] == 429


def test_who_may_only_see_money_sees_it_and_opens_no_portal(
    paid: TopUp, stripe: Stripe, organization: Organization, owner: User
) -> None:
    reader = program(organization, owner, [Permission.VIEW_BILLING])
    before = asked(stripe)
    assert (reader.make(PORTAL).status_code, set_warning(reader, 5).status_code) == (403, 403)
    assert asked(stripe) == before
    for path in (METHODS, TAX, receipt_of(paid), WARNING):
        assert reader.ask(path).status_code == 200


def test_nobody_elses_is_shown(paid: TopUp, stripe: Stripe, otto: Caller) -> None:
    stripe.save_card(BillingAccount.objects.get(pk=paid.organization_id).stripe_customer)
    before = asked(stripe)
    assert otto.ask(METHODS).json() == {"data": []}
    assert otto.ask(TAX).json() == {"name": "", "address": [], "ids": []}
    assert otto.ask(receipt_of(paid)).status_code == 404
    assert asked(stripe) == before
    set_balance_warning(OPERATOR, paid.organization_id, threshold=700)
    assert otto.ask(WARNING).json()["threshold_cents"] is None


@pytest.mark.parametrize("path", [METHODS, TAX, WARNING])
def test_who_is_not_billed_has_none_of_it(olivia: Caller, path: str) -> None:
    assert olivia.ask(path).status_code == 404
    assert olivia.make(PORTAL).status_code == 404
    assert set_warning(olivia, 500).status_code == 404
    assert not BillingAccount.objects.exists()


def test_the_warning_is_set_switched_off_and_back_to_the_usual(account: BillingAccount, olivia: Caller) -> None:
    assert olivia.ask(WARNING).json() == {"threshold_cents": None, "usual": str(5 * PICO)}
    assert not BalanceWarning.objects.exists()
    for chosen, below in ((2050, 2050 * CENT), (0, 0), (None, 5 * PICO)):
        assert set_warning(olivia, chosen).json() == {"threshold_cents": chosen, "usual": str(5 * PICO)}
        assert olivia.ask(WARNING).json()["threshold_cents"] == chosen
        assert BalanceWarning.objects.get().below == below
    assert AuditEvent.objects.filter(action=Action.BALANCE_WARNING_SET).count() == 3


@pytest.mark.parametrize("threshold", [-1, 1.5, "500", True, [], 100_000_001])
def test_what_is_no_balance_is_refused(account: BillingAccount, olivia: Caller, threshold: Any) -> None:
    assert set_warning(olivia, threshold).status_code == 400
    assert not BalanceWarning.objects.exists()
