"""Refunds on the pages: how much can be paid back, by whom, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role
from accounts.models import Membership, Role, User
from billing.actions.promotions import give_promotion
from billing.actions.refunds import request_refund
from billing.books import disagreements
from billing.credit import freeze
from billing.models import BillingAccount, CreditLot, LotKind, Refund, RefundStatus
from catalog.money import PICO
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.accounts.test_step_up import age
from tests.billing.pages.conftest import ROOT
from tests.billing.rail.conftest import buy, hear
from tests.support.flush import without_guards
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(account: BillingAccount, stripe: Stripe) -> Any:
    yield account
    account.refresh_from_db()
    assert disagreements(account) == []


@pytest.fixture
def lot(account: BillingAccount, stripe: Stripe) -> CreditLot:
    """20 dollars of credit that were bought."""
    stripe.submit(buy(account, 2000).stripe_session)
    hear(stripe)
    return CreditLot.objects.get()


def page_of(lot: CreditLot) -> str:
    return f"{ROOT}credits/{lot.pk}/"


def test_unused_credit_is_paid_back_and_its_page_says_so(as_owner: Client, lot: CreditLot, stripe: Stripe) -> None:
    assert 'value="20"' in as_owner.get(page_of(lot) + "refund/").content.decode()
    assert as_owner.post(page_of(lot) + "refund/", {"amount": "12.50"}).status_code == 302
    assert "$12.50" in as_owner.get(page_of(lot)).content.decode()
    assert AuditEvent.objects.filter(action=Action.REFUND_REQUESTED).count() == 1
    hear(stripe)
    assert (Refund.objects.get().cents, Refund.objects.get().status) == (1250, RefundStatus.PAID)
    lot.refresh_from_db()
    assert lot.remaining == 7_500_000_000_000


def test_so_many_can_be_asked_for_in_thirty_days_and_the_page_says_so(
    as_owner: Client, lot: CreditLot, stripe: Stripe, settings: Any
) -> None:
    settings.BILLING_REFUNDS = 2
    assert "2 refunds can be asked for in 30 days; 2 are left." in as_owner.get(page_of(lot) + "refund/").text
    request_refund(Actor.operator(), lot.organization_id, lot_id=lot.pk, cents=1)  # which does not count
    for cents in ("1.00", "2.00"):
        assert as_owner.post(page_of(lot) + "refund/", {"amount": cents}).status_code == 302
    page = as_owner.get(page_of(lot) + "refund/")
    assert "No more refunds can be asked for now." in page.text
    assert as_owner.post(page_of(lot) + "refund/", {"amount": "3.00"}).status_code == 422
    assert Refund.objects.count() == 3
    with without_guards(connection):
        AuditEvent.objects.update(at=timezone.now() - timedelta(days=31))
    assert as_owner.post(page_of(lot) + "refund/", {"amount": "3.00"}).status_code == 302


def test_who_is_about_to_delete_the_organization_reads_what_credit_is_left(as_owner: Client, lot: CreditLot) -> None:
    page = as_owner.get("/o/llamas-of-lisbon/settings/deletion/").text
    assert "$20.00 of credit that was bought is left." in page
    assert f'href="{ROOT}credits/"' in page
    as_owner.post("/o/llamas-of-lisbon/settings/deletion/", {"confirmation": "Llamas of Lisbon"})
    assert "$20.00 of credit that was bought is left." in as_owner.get("/o/llamas-of-lisbon/settings/deletion/").text


@pytest.mark.parametrize("amount", ["", "0", "-1", "20.01", "0.001", "1e1", "all"])
def test_no_more_than_is_left_and_no_part_of_a_cent(as_owner: Client, lot: CreditLot, amount: str) -> None:
    assert as_owner.post(page_of(lot) + "refund/", {"amount": amount}).status_code == 422
    assert not Refund.objects.exists()


def test_a_second_click_is_the_same_refund(as_owner: Client, lot: CreditLot) -> None:
    for _ in range(2):
        as_owner.post(page_of(lot) + "refund/", {"amount": "5"})
    assert Refund.objects.count() == 1


def test_credit_that_was_given_has_no_refund(as_owner: Client, account: BillingAccount) -> None:
    given = give_promotion(Actor.operator(), account.pk, amount=PICO, title="Welcome")
    assert given.kind == LotKind.PROMOTIONAL
    assert as_owner.get(page_of(given) + "refund/").status_code == 404
    assert "refund/" not in as_owner.get(page_of(given)).content.decode()


def test_disputed_credit_offers_none(as_owner: Client, lot: CreditLot, account: BillingAccount) -> None:
    account.refresh_from_db()
    freeze(account, lot, timezone.now())
    assert "refund/" not in as_owner.get(page_of(lot)).content.decode()
    assert as_owner.post(page_of(lot) + "refund/", {"amount": "1"}).status_code == 422


def test_who_may_not_manage_billing_asks_for_none(
    as_member: Client, as_outsider: Client, member: User, lot: CreditLot
) -> None:
    assert as_outsider.post(page_of(lot) + "refund/", {"amount": "5"}).status_code == 404
    assert as_member.post(page_of(lot) + "refund/", {"amount": "5"}).status_code == 403
    change_role(Actor.operator(), membership=Membership.objects.get(user=member), role=Role.BILLING)
    assert as_member.post(page_of(lot) + "refund/", {"amount": "5"}).status_code == 302


def test_a_refund_asks_again_who_one_is(as_owner: Client, lot: CreditLot) -> None:
    age(as_owner)
    answer = as_owner.post(page_of(lot) + "refund/", {"amount": "5"})
    assert (answer.status_code, Refund.objects.exists()) == (302, False)
