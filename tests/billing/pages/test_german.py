"""Amounts in German: shown and typed with that language's separators, and never read as those of another one."""

import re

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from billing.models import AutoRecharge, BillingAccount, DisputeStatus, InvoiceStatus
from catalog.models import Model
from catalog.money import CENT, PICO, bare_digits
from tests.billing.pages.conftest import ROOT, credit
from tests.support.invoices import MILLION, NOON, close_november, use

pytestmark = pytest.mark.django_db
CAP, RECHARGE, CREDIT = f"{ROOT}cap/", f"{ROOT}auto-recharge/", f"{ROOT}credit/"


@pytest.fixture
def german(as_owner: Client, owner: User) -> Client:
    User.objects.filter(pk=owner.pk).update(language="de")
    return as_owner


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("1.234,56", 123_456), ("1.234", 123_400), ("12,5", 1_250), ("12,50 $", 1_250), ("$12", 1_200), ("1234", 123_400)],
)
def test_an_amount_is_typed_as_german_writes_it(
    account: BillingAccount, german: Client, typed: str, cents: int
) -> None:
    assert german.post(CAP, {"cap": typed})["Location"] == ROOT
    account.refresh_from_db()
    assert account.cap == cents * CENT


@pytest.mark.parametrize("typed", ["12.50", "1,234", "1,234.56", "12.5", "1.23,00", "1,2,3"])
def test_what_english_writes_otherwise_is_refused_with_an_example(
    account: BillingAccount, german: Client, typed: str
) -> None:
    answer = german.post(CAP, {"cap": typed})
    assert answer.status_code == 422
    assert "etwa 250 oder 12,50." in answer.text
    account.refresh_from_db()
    assert account.cap is None


def test_a_form_takes_back_what_it_shows(account: BillingAccount, german: Client) -> None:
    BillingAccount.objects.update(stripe_customer="cus_1")  # the provider does not answer
    wanted = {"is_on": "on", "threshold": "20,50", "amount": "500", "monthly_cap": "2.000"}
    german.post(RECHARGE, wanted)
    shown = dict(re.findall(r'name="(threshold|amount|monthly_cap)"[^>]*? value="([^"]*)"', german.get(RECHARGE).text))
    assert shown == {"threshold": "20,50", "amount": "500", "monthly_cap": "2000"}
    german.post(RECHARGE, {"is_on": "on"} | shown)
    found = AutoRecharge.objects.get()
    assert (found.threshold, found.cents, found.monthly_cap) == (2_050 * CENT, 50_000, 200_000)


def test_the_range_is_told_with_the_separators_of_the_page(account: BillingAccount, german: Client) -> None:
    assert "Betrag von 5 bis 10.000 Dollar" in german.post(CREDIT, {"other": "10.001"}).text


def test_exact_amounts_have_the_separators_of_the_page_and_files_a_point(
    account: BillingAccount, german: Client
) -> None:
    credit(account, 1_234 * PICO + PICO // 8)
    page = german.get(f"{ROOT}ledger/").text
    assert "1.234,125" in page
    assert '<th scope="col" class="n">Haben</th>' in page
    export = german.get(f"{ROOT}ledger/export.csv")
    assert "1234.125" in export.getvalue().decode()  # type: ignore[attr-defined]
    with translation.override("en"):
        assert bare_digits(-1_234 * PICO - 1) == "-1,234.000000000001"


def test_the_lines_of_an_invoice_have_them_too(account: BillingAccount, german: Client, llama: Model) -> None:
    credit(account, 5 * PICO)
    use(account, NOON, **MILLION)
    close_november(account)
    page = german.get(f"{ROOT}invoices/1/").text
    assert "0,18" in page
    assert "1 Aufruf<" in page
    assert "<dt>Abgeschlossen</dt>" in page


def test_what_is_open_is_no_button_to_open_it() -> None:
    with translation.override("de"):
        assert (str(InvoiceStatus.OPEN.label), str(DisputeStatus.OPEN.label)) == ("Offen", "Offen")
