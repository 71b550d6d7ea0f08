"""Buying credit: to the provider's page, back from it, and never credit for having come back."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from billing.books import disagreements
from billing.models import BillingAccount, CreditLot, Mode, Origin, TopUp, TopUpStatus
from catalog.money import CENT, PICO
from ledger.models import Action, AuditEvent
from tests.billing.pages.conftest import ROOT
from tests.billing.rail.conftest import hear
from tests.support.outbox import send_all
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
CREDIT = f"{ROOT}credit/"
PART = {"HX-Request": "true"}


@pytest.fixture
def account(account: BillingAccount, stripe: Stripe) -> Any:
    yield account
    account.refresh_from_db()
    assert disagreements(account) == []


def page_of(top_up: TopUp) -> str:
    return f"{CREDIT}{top_up.pk}/"


def bought(client: Client, amount: str = "2500") -> TopUp:
    assert client.post(CREDIT, {"amount": amount}).status_code == 200
    return TopUp.objects.order_by("-id")[0]


def test_a_purchase_leads_to_the_providers_page_by_a_page_of_ours(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    answer = as_owner.post(CREDIT, {"amount": "5000"})
    top_up = TopUp.objects.get()
    address = answer["Refresh"].removeprefix("0; url=")
    assert address.startswith(f"{stripe.url}/c/pay/{top_up.stripe_session}")
    assert f'href="{address}"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (top_up.cents, top_up.origin, top_up.is_pending) == (5_000, Origin.CHECKOUT, True)
    assert AuditEvent.objects.filter(action=Action.TOP_UP_STARTED).count() == 1


def test_another_amount_counts_instead_of_those_that_are_offered(account: BillingAccount, as_owner: Client) -> None:
    as_owner.post(CREDIT, {"amount": "5000", "other": "12.34"})
    assert TopUp.objects.get().cents == 1_234


@pytest.mark.parametrize("other", ["4.99", "10000.01", "0", "-5", "1e3", "5.001", "seven"])
def test_what_cannot_be_bought_is_refused(account: BillingAccount, as_owner: Client, other: str) -> None:
    assert as_owner.post(CREDIT, {"amount": "5000", "other": other}).status_code == 422
    assert as_owner.post(CREDIT, {"amount": "500000000"}).status_code == 422
    assert as_owner.post(CREDIT, {"other": ""}).status_code == 422
    assert not TopUp.objects.exists()


def test_a_second_click_is_the_same_purchase(account: BillingAccount, as_owner: Client) -> None:
    assert bought(as_owner) == bought(as_owner)


def test_a_payment_that_takes_days_is_said_to_be_under_way(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    stripe.submit(bought(as_owner).stripe_session, card="pm_usBankAccount_success")
    hear(stripe)
    assert "The payment is under way" in as_owner.get(page_of(TopUp.objects.get())).content.decode()
    assert "A payment of $25.00 is under way." in as_owner.get(ROOT).content.decode()


def test_a_purchase_that_was_paid_shows_its_receipt_and_leads_to_the_providers(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    top_up = bought(as_owner)
    assert as_owner.get(f"{page_of(top_up)}receipt/").status_code == 404
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    text = as_owner.get(page_of(top_up)).content.decode()
    assert "<dt>Receipt</dt><dd>1</dd>" in text
    assert f'href="{page_of(top_up)}receipt/"' in text
    answer = as_owner.get(f"{page_of(top_up)}receipt/")
    assert answer["Location"].startswith(stripe.url)
    assert "no-store" in answer["Cache-Control"]
    stripe.away()
    assert as_owner.get(f"{page_of(top_up)}receipt/").status_code == 503


def test_the_letter_of_a_receipt_leads_to_it(account: BillingAccount, as_owner: Client, stripe: Stripe) -> None:
    top_up = bought(as_owner)
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    send_all()
    (sent,) = [each for each in mail.outbox if "Receipt" in each.subject]
    assert page_of(top_up) in sent.body


def test_all_purchases_are_listed_newest_first_with_their_state_and_receipt(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    assert "Nothing bought yet" in as_owner.get(f"{ROOT}purchases/").content.decode()
    stripe.submit(bought(as_owner).stripe_session)
    hear(stripe)
    bought(as_owner, "5000")
    rows = as_owner.get(f"{ROOT}purchases/").context["top_ups"]
    assert [(row.amount, str(row.status), row.top_up.has_receipt) for row in rows] == [
        ("$50.00", "Pending", False),
        ("$25.00", "Paid", True),
    ]


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    account: BillingAccount, as_owner: Client, django_assert_max_num_queries: Any
) -> None:
    about = {"organization_id": account.pk, "origin": Origin.AUTO, "expires_at": timezone.now()}
    for cents in range(500, 540):
        TopUp.objects.create(cents=cents, status=TopUpStatus.FAILED, **about)
    with django_assert_max_num_queries(8):
        assert len(as_owner.get(f"{ROOT}purchases/").context["top_ups"]) == 40


def test_who_pays_by_invoice_reads_what_credit_does_for_them(account: BillingAccount, as_owner: Client) -> None:
    BillingAccount.objects.update(mode=Mode.POSTPAID, limit=None, owed=7 * PICO)
    page = as_owner.get(CREDIT)
    BillingAccount.objects.update(mode=Mode.PREPAID, limit=0, owed=0)
    assert "the invoice asks for the rest" in page.content.decode()
    assert str(page.context["amounts"][0]["after"]) == "$25.00 after"


def test_each_amount_says_the_balance_afterwards(account: BillingAccount, as_owner: Client) -> None:
    after = [str(each["after"]) for each in as_owner.get(CREDIT).context["amounts"]]
    assert after == ["$25.00 after", "$50.00 after", "$100.00 after", "$250.00 after"]


def test_coming_back_grants_nothing_and_the_page_waits(account: BillingAccount, as_owner: Client) -> None:
    top_up = bought(as_owner)
    for _ in range(3):
        page = as_owner.get(page_of(top_up)).content.decode()
    assert "Waiting for the confirmation" in page
    assert 'hx-trigger="every 2s"' in page
    assert """hx-headers='{"X-Poll": "1"}'""" in page
    account.refresh_from_db()
    assert account.credit == 0


def test_the_page_shows_the_new_balance_once_the_provider_says_it_is_paid_and_asks_no_more(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    top_up = bought(as_owner)
    assert as_owner.get(page_of(top_up), headers=PART).status_code == 200
    stripe.submit(top_up.stripe_session)
    assert "Waiting" in as_owner.get(page_of(top_up), headers=PART).content.decode()
    hear(stripe)
    part = as_owner.get(page_of(top_up), headers=PART)
    assert part.status_code == 286  # htmx asks no more
    assert "The credit is there" in part.content.decode()
    assert "$25.00" in part.content.decode()
    assert "hx-get" not in part.content.decode()


def test_a_purchase_whose_payment_is_disputed_is_not_said_to_be_spendable(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    top_up = bought(as_owner)
    stripe.submit(top_up.stripe_session)
    hear(stripe)
    CreditLot.objects.update(frozen_at=timezone.now())
    BillingAccount.objects.update(frozen=25 * PICO)
    page = as_owner.get(page_of(top_up)).content.decode()
    assert "Payment disputed" in page
    assert "Calls can spend it" not in page


def test_who_comes_back_unpaid_can_go_on_or_take_another_amount(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    top_up = bought(as_owner)
    page = as_owner.get(page_of(top_up), {"left": "1"}).content.decode().split("<main")[1]
    assert "Not paid yet" in page
    assert "hx-get" not in page
    again = as_owner.post(f"{page_of(top_up)}payment/")
    assert top_up.stripe_session in again["Refresh"]
    assert TopUp.objects.count() == 1


def test_a_purchase_that_is_over_is_not_gone_on_with(account: BillingAccount, as_owner: Client) -> None:
    top_up = bought(as_owner)
    TopUp.objects.update(status=TopUpStatus.EXPIRED)
    assert as_owner.post(f"{page_of(top_up)}payment/")["Location"] == page_of(top_up)
    assert "not paid in time" in as_owner.get(page_of(top_up)).content.decode()


def test_a_failed_purchase_says_why(account: BillingAccount, as_owner: Client) -> None:
    top_up = bought(as_owner)
    TopUp.objects.update(status=TopUpStatus.FAILED, failure="insufficient-funds")
    page = as_owner.get(page_of(top_up)).content.decode()
    assert "had not enough money in it" in page
    assert "Nothing was charged." in page


def test_with_the_provider_away_nothing_is_lost_and_it_can_be_tried_again(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    stripe.away()
    answer = as_owner.post(CREDIT, {"amount": "2500"})
    top_up = TopUp.objects.get()
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    assert f"{page_of(top_up)}payment/" in answer.content.decode()
    stripe.away(False)
    assert "Refresh" in as_owner.post(f"{page_of(top_up)}payment/")
    assert TopUp.objects.count() == 1


def test_where_payments_are_not_set_up_the_page_says_so(
    account: BillingAccount, as_owner: Client, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    page = as_owner.get(CREDIT).content.decode()
    assert "Payments are not set up on this installation" in page
    assert re.search(r"<button[^>]* disabled>", page)
    assert as_owner.post(CREDIT, {"amount": "2500"}).status_code == 422
    assert not TopUp.objects.exists()


def test_a_purchase_of_another_organization_is_none(account: BillingAccount, as_owner: Client) -> None:
    theirs = TopUp.objects.create(
        organization_id=uuid4(), cents=500, origin=Origin.CHECKOUT, expires_at=account.created_at
    )
    for call in (as_owner.get, as_owner.post):
        assert call(f"{page_of(theirs)}payment/").status_code == 404
        assert call(f"{page_of(theirs)}confirmation/").status_code == 404
    assert as_owner.get(page_of(theirs)).status_code == 404


def test_what_the_bank_wants_confirmed_leads_to_its_page(
    account: BillingAccount, as_owner: Client, stripe: Stripe
) -> None:
    bill = stripe.client().v1
    customer = bill.customers.create({})
    invoice = bill.invoices.create({"customer": customer.id, "auto_advance": False})
    bill.invoice_items.create({"customer": customer.id, "invoice": invoice.id, "amount": 500, "currency": "usd"})
    bill.invoices.finalize_invoice(invoice.id)
    top_up = TopUp.objects.create(
        organization_id=account.pk, cents=500, origin=Origin.AUTO, failure="confirmation-needed",
        stripe_invoice=invoice.id, expires_at=account.created_at,
    )  # fmt: skip
    assert as_owner.get(f"{page_of(top_up)}confirmation/")["Location"] == page_of(top_up)
    assert as_owner.post(f"{page_of(top_up)}confirmation/")["Refresh"].startswith("0; url=http")


def test_no_page_of_a_purchase_asks_for_a_card(account: BillingAccount, as_owner: Client) -> None:
    top_up = bought(as_owner)
    pages = [CREDIT, page_of(top_up), f"{ROOT}payment-methods/", ROOT, f"{ROOT}tax/"]
    for page in pages:
        text = as_owner.get(page).content.decode()
        assert not re.search(r"cc-(number|csc|exp)|card.?number\"|name=\"(card|cvc|cvv)", text), page
    assert account.balance == 0 * CENT
