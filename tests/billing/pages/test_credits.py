"""Credits and what they were used for."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from billing.accounts import lock_account
from billing.credit import freeze, plan_burn, spendable_lots, take
from billing.journal import post
from billing.models import Account, BillingAccount, CreditLot, Kind, LotKind
from catalog.money import PICO
from ledger.ids import new_id
from tests.billing.pages.conftest import ROOT, credit

pytestmark = pytest.mark.django_db


def spend(account: BillingAccount, amount: int) -> None:
    with transaction.atomic():
        locked = lock_account(account.pk)
        burnt = plan_burn(spendable_lots(locked.pk), amount)
        take(post(locked, Kind.USAGE, f"usage:{new_id()}", burnt.amounts() | {Account.REVENUE: -amount}), burnt.parts)


def titles(client: Client, query: str = "") -> list[str]:
    return [row.title for row in client.get(f"{ROOT}credits/{query}").context["lots"]]


def test_what_can_be_spent_and_what_cannot_any_more_are_two_lists(account: BillingAccount, as_owner: Client) -> None:
    given = {"kind": LotKind.PROMOTIONAL}
    credit(account, 5 * PICO, title="First", expires_at=timezone.now() + timedelta(days=3), **given)
    credit(account, 5 * PICO, title="Second", **given)
    frozen = credit(account, 5 * PICO, title="Frozen")
    spend(account, 6 * PICO)
    with transaction.atomic():
        freeze(lock_account(account.pk), frozen, timezone.now())
    assert titles(as_owner) == ["Second"]
    assert titles(as_owner, "?state=past") == ["Frozen", "First"]
    states = [row.state for row in as_owner.get(f"{ROOT}credits/?state=past").context["lots"]]
    assert states == ["Frozen: its payment is disputed", "Used up"]


def test_credit_says_what_is_left_and_that_it_expires_soon(account: BillingAccount, as_owner: Client) -> None:
    credit(account, 10 * PICO, expires_at=timezone.now() + timedelta(days=8, hours=1))
    spend(account, 4 * PICO)
    (row,) = as_owner.get(f"{ROOT}credits/").context["lots"]
    assert (row.left, row.granted, row.percent, row.expires_in) == ("$6.00", "$10.00", 60, "in 8 days")


def test_credit_that_was_bought_is_named_by_its_day(account: BillingAccount, as_owner: Client) -> None:
    lot = credit(account)
    CreditLot.objects.update(created_at=timezone.now().replace(year=2026, month=3, day=4))
    assert titles(as_owner) == ["Credit bought on Mar 4, 2026"]
    assert lot.title == ""


def test_each_use_of_it_is_told_with_all_its_digits(account: BillingAccount, as_owner: Client) -> None:
    lot = credit(account)
    spend(account, 18_500_001)
    (row,) = as_owner.get(f"{ROOT}credits/{lot.pk}/").context["draws"].rows
    assert (row.amount, row.what, row.number) == ("0.000018500001", "Usage", 2)


def test_uses_come_fifty_a_page_and_newcomers_move_nothing(account: BillingAccount, as_owner: Client) -> None:
    lot = credit(account)
    for _ in range(55):
        spend(account, 1)
    first = as_owner.get(f"{ROOT}credits/{lot.pk}/").context["draws"]
    spend(account, 1)
    second = as_owner.get(f"{ROOT}credits/{lot.pk}/?before={first.before}").context["draws"]
    assert [row.number for row in (*first.rows, *second.rows)] == list(range(56, 1, -1))
    assert second.before is None


def test_queries_do_not_grow_with_the_lots(
    account: BillingAccount, as_owner: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        credit(account, PICO)
    with django_assert_max_num_queries(8):
        as_owner.get(f"{ROOT}credits/")


def test_without_any_the_page_leads_to_where_credit_is_bought(account: BillingAccount, as_owner: Client) -> None:
    assert f"{ROOT}credit/" in as_owner.get(f"{ROOT}credits/").content.decode()
