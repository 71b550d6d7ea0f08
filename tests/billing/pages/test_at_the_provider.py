"""What is kept at the payment provider: asked for when it is shown, changed there, and missed when it is away."""

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from billing.models import AutoRecharge, BillingAccount
from billing.rail.deeds.customers import customer_of
from billing.rail.questions import A_MINUTE
from ledger.models import Action, AuditEvent
from notifications.models import WindowCount
from tests.billing.pages.conftest import ROOT
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
METHODS, TAX = f"{ROOT}payment-methods/", f"{ROOT}tax/"
PART = {"HX-Request": "true"}


@pytest.fixture
def customer(account: BillingAccount, stripe: Stripe) -> str:
    return customer_of(account.pk)


@pytest.mark.parametrize("page", [ROOT, METHODS, TAX])
def test_a_page_asks_for_it_after_it_is_there(
    account: BillingAccount, stripe: Stripe, as_owner: Client, page: str
) -> None:
    before = len(stripe.happened()["requests"])
    assert 'hx-trigger="load"' in as_owner.get(page).content.decode()
    assert len(stripe.happened()["requests"]) == before


def test_payment_methods_are_shown_as_the_provider_has_them(customer: str, stripe: Stripe, as_owner: Client) -> None:
    assert "None yet." in as_owner.get(f"{METHODS}shown/", headers=PART).content.decode()
    stripe.save_card(customer)
    part = as_owner.get(f"{METHODS}shown/", headers=PART).content.decode()
    assert "<b>Visa</b> ending 4242" in part
    assert "<html" not in part


def test_tax_details_are_shown_as_the_provider_has_them(customer: str, stripe: Stripe, as_owner: Client) -> None:
    v1 = stripe.client().v1
    v1.customers.update(customer, {"name": "Acme GmbH", "address": {"line1": "Hauptstr. 1", "country": "DE"}})
    v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"})
    part = as_owner.get(f"{TAX}shown/", headers=PART).content.decode()
    for text in ("Acme GmbH", "Hauptstr. 1", "DE123456789", "eu_vat"):
        assert text in part


def test_auto_recharge_is_not_switched_on_without_something_to_charge(
    customer: str, stripe: Stripe, as_owner: Client
) -> None:
    wanted = {"is_on": "on", "threshold": "10", "amount": "20", "monthly_cap": "100"}
    refused = as_owner.post(f"{ROOT}auto-recharge/", wanted)
    assert refused.status_code == 422
    assert "There is no payment method to charge." in refused.content.decode()
    assert f'href="{METHODS}"' in refused.content.decode()
    assert not AutoRecharge.objects.exists()
    method = stripe.save_card(customer)
    assert as_owner.post(f"{ROOT}auto-recharge/", wanted).status_code == 302
    stripe.client().v1.payment_methods.detach(method)
    changed = as_owner.post(f"{ROOT}auto-recharge/", wanted | {"amount": "30"})  # what runs may be changed
    assert (changed.status_code, AutoRecharge.objects.get().cents) == (302, 3_000)


def test_a_provider_that_hangs_holds_a_page_for_seconds_alone(customer: str, stripe: Stripe, as_owner: Client) -> None:
    stripe.fail("slow", times=5, seconds=6)
    began = monotonic()
    assert "does not answer" in as_owner.get(f"{METHODS}shown/", headers=PART).content.decode()
    assert monotonic() - began < 4


@pytest.mark.parametrize("page", [METHODS, TAX])
def test_who_runs_no_scripts_gets_the_page_with_it(customer: str, as_owner: Client, page: str) -> None:
    whole = as_owner.get(f"{page}shown/").content.decode()
    assert "<html" in whole
    assert "hx-get" not in whole.split("<main")[1]


@pytest.mark.parametrize("page", [METHODS, TAX])
def test_with_the_provider_away_it_says_so_and_the_pages_work(
    customer: str, stripe: Stripe, as_owner: Client, page: str
) -> None:
    stripe.away()
    part = as_owner.get(f"{page}shown/", headers=PART)
    assert part.status_code == 200
    assert "They can’t be shown now" in part.content.decode()
    for each in (ROOT, METHODS, TAX):
        assert as_owner.get(each).status_code == 200


def test_they_are_changed_at_the_provider_and_going_there_is_recorded(
    customer: str, stripe: Stripe, as_owner: Client
) -> None:
    answer = as_owner.post(f"{METHODS}portal/")
    assert answer["Refresh"].startswith(f"0; url={stripe.url}/")
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action=Action.PAYMENT_METHODS_OPENED).count() == 1


@pytest.mark.parametrize(("sent", "page"), [({}, METHODS), ({"from": "tax"}, TAX), ({"from": "//evil"}, METHODS)])
def test_the_provider_leads_back_to_the_page_that_one_came_from(
    customer: str, as_owner: Client, monkeypatch: pytest.MonkeyPatch, sent: dict[str, str], page: str
) -> None:
    asked: list[str] = []

    def opened(*whose: object, return_url: str) -> str:
        asked.append(return_url)
        return "https://portal.example/"

    monkeypatch.setattr("billing.views.payment_methods.open_payment_methods", opened)
    as_owner.post(f"{METHODS}portal/", sent)
    assert asked[0].endswith(page)


def test_with_the_provider_away_nobody_is_sent_there(customer: str, stripe: Stripe, as_owner: Client) -> None:
    stripe.away()
    answer = as_owner.post(f"{METHODS}portal/")
    assert (answer.status_code, "Refresh" in answer) == (503, False)
    assert "does not answer now" in answer.content.decode()


@pytest.mark.parametrize("page", [METHODS, TAX, ROOT])
def test_where_payments_are_not_set_up_the_pages_say_so(
    account: BillingAccount, as_owner: Client, settings: Any, page: str
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert "Payments are not set up" in as_owner.get(page).content.decode()


def test_nothing_of_it_is_kept_here(customer: str, stripe: Stripe, as_owner: Client) -> None:
    stripe.save_card(customer)
    as_owner.get(f"{METHODS}shown/", headers=PART)
    assert "4242" not in str(list(BillingAccount.objects.values()))
    assert "no-store" in as_owner.get(f"{METHODS}shown/", headers=PART)["Cache-Control"]


@pytest.mark.parametrize("page", [METHODS, TAX])
def test_one_person_cannot_use_up_what_the_provider_takes_of_all(
    customer: str, stripe: Stripe, as_owner: Client, owner: User, page: str
) -> None:
    as_owner.get(f"{page}shown/")
    asked = WindowCount.objects.get(key=str(owner.pk), scope="asks-stripe-minute")
    assert asked.count == 1
    for minute in range(2):  # the test may run into the next one
        start = asked.start + timedelta(minutes=minute)
        WindowCount.objects.update_or_create(
            scope=asked.scope, key=asked.key, start=start, defaults={"count": A_MINUTE}
        )
    before = len(stripe.happened()["requests"])
    assert "be shown now" in as_owner.get(f"{page}shown/", headers=PART).content.decode()
    assert len(stripe.happened()["requests"]) == before
