"""Home: how the organization stands, for those who may know."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, Role, User
from billing.actions.terms import set_terms
from billing.models import BillingAccount, Mode
from catalog.money import PICO
from ledger.actor import Actor
from tests.billing.pages.conftest import credit
from tests.billing.pages.test_access import as_role

pytestmark = pytest.mark.django_db
HOME = "/o/llamas-of-lisbon/"


def test_who_may_see_it_reads_what_credit_is_left(account: BillingAccount, as_owner: Client) -> None:
    credit(account, 1_284 * PICO)
    page = as_owner.get(HOME).content.decode()
    assert "$1,284.00" in page
    assert f"{HOME}billing/credit/" in page


def test_who_may_not_reads_nothing_of_it(account: BillingAccount, as_member: Client, member: User) -> None:
    credit(account, 1_284 * PICO)
    for role in (Role.VIEWER, Role.DEVELOPER):
        as_role(member, role)
        assert "1,284" not in as_member.get(HOME).content.decode()


def test_who_pays_by_invoice_reads_what_is_owed(account: BillingAccount, as_owner: Client) -> None:
    set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID)
    BillingAccount.objects.update(owed=7 * PICO)
    standing = as_owner.get(HOME).context["standing"]
    assert (str(standing["title"]), standing["amount"]) == ("Owed", "$7.00")


def test_what_a_closed_invoice_asks_for_is_not_said_to_go_on_the_next_one(
    account: BillingAccount, as_owner: Client
) -> None:
    set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID)
    BillingAccount.objects.update(owed=7 * PICO)
    assert "next invoice" in as_owner.get(HOME).content.decode()
    BillingAccount.objects.update(invoiced=7 * PICO)
    assert "next invoice" not in as_owner.get(HOME).content.decode()


def test_who_is_not_billed_has_no_such_card(as_owner: Client, organization: Organization) -> None:
    assert as_owner.get(HOME).context["standing"] is None


def test_it_costs_one_query(as_owner: Client, organization: Organization) -> None:
    with CaptureQueriesContext(connection) as seen:
        as_owner.get(HOME)
    assert sum("billing_" in query["sql"] for query in seen.captured_queries) == 1
