"""What people set: the spend cap, auto-recharge and the warning of a low balance."""

from typing import Any

import pytest
from django.test import Client

from billing.actions.terms import set_terms
from billing.models import AutoRecharge, BalanceWarning, BillingAccount, Mode
from catalog.money import CENT, PICO
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.billing.pages.conftest import ROOT

pytestmark = pytest.mark.django_db
CAP, RECHARGE, WARNING = f"{ROOT}cap/", f"{ROOT}auto-recharge/", f"{ROOT}balance-warning/"
WANTED = {"is_on": "on", "threshold": "200", "amount": "500", "monthly_cap": "2,000"}


@pytest.fixture
def account(account: BillingAccount) -> BillingAccount:
    """One with a customer at a provider that does not answer: whether there is a card is not known."""
    BillingAccount.objects.update(stripe_customer="cus_1")
    return account


def cap_of(account: BillingAccount) -> int | None:
    account.refresh_from_db()
    return account.cap


def test_a_cap_is_set_changed_and_removed_and_each_is_recorded(account: BillingAccount, as_owner: Client) -> None:
    for typed, cap in (("4,000", 4_000 * PICO), ("12.50", 1_250 * CENT), ("", None), ("0", 0)):
        assert as_owner.post(CAP, {"cap": typed})["Location"] == ROOT
        assert cap_of(account) == cap
    assert AuditEvent.objects.filter(action=Action.BILLING_CAP_SET).count() == 4
    assert 'value="0"' in as_owner.get(CAP).content.decode()


@pytest.mark.parametrize("typed", ["-1", "1.234", "1,00", "1e3", "five", "9000001", "١٠", "$", "4 000", "0x10", "NaN"])
def test_what_is_no_amount_sets_no_cap(account: BillingAccount, as_owner: Client, typed: str) -> None:
    answer = as_owner.post(CAP, {"cap": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert cap_of(account) is None


def test_auto_recharge_is_set_in_whole_cents(account: BillingAccount, as_owner: Client) -> None:
    assert as_owner.post(RECHARGE, WANTED)["Location"] == ROOT
    found = AutoRecharge.objects.get()
    assert (found.is_on, found.threshold, found.cents, found.monthly_cap) == (True, 200 * PICO, 50_000, 200_000)
    page = as_owner.get(RECHARGE).content.decode()
    assert 'value="200"' in page
    assert 'value="2000"' in page


def test_switched_off_it_keeps_its_amounts(account: BillingAccount, as_owner: Client) -> None:
    as_owner.post(RECHARGE, WANTED)
    as_owner.post(RECHARGE, {**WANTED, "is_on": "", "amount": "900"})
    found = AutoRecharge.objects.get()
    assert (found.is_on, found.cents) == (False, 50_000)
    assert AuditEvent.objects.filter(action=Action.RECHARGE_STOPPED).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "4.99"}, {"amount": "10,000.01"}, {"monthly_cap": "499.99"}, {"threshold": "-1"}, {"amount": ""}],
)
def test_auto_recharge_refuses_what_cannot_be(account: BillingAccount, as_owner: Client, wrong: Any) -> None:
    assert as_owner.post(RECHARGE, WANTED | wrong).status_code == 422
    assert not AutoRecharge.objects.exists()


def test_who_pays_by_invoice_has_no_auto_recharge(account: BillingAccount, as_owner: Client) -> None:
    set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID)
    answer = as_owner.post(RECHARGE, WANTED)
    assert answer.status_code == 422
    assert "Only who pays in advance recharges." in answer.content.decode()


def test_it_says_why_it_stopped(account: BillingAccount, as_owner: Client) -> None:
    as_owner.post(RECHARGE, WANTED)
    AutoRecharge.objects.update(is_on=False, failures=3)
    assert "3 payments in a row failed" in as_owner.get(RECHARGE).content.decode()


def test_the_warning_is_set_switched_off_and_back_to_the_usual(account: BillingAccount, as_owner: Client) -> None:
    for typed, threshold in (("20", 20 * PICO), ("0", 0), ("", None)):
        assert as_owner.post(WARNING, {"threshold": typed})["Location"] == ROOT
        assert BalanceWarning.objects.get().threshold == threshold
