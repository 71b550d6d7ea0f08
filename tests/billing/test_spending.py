"""Whether a call may run: by the worst case of its cost, with the rule that refuses it."""

import pytest
from django.utils import timezone

from accounts.models import Organization
from billing.actions.terms import set_cap, set_terms
from billing.credit import give_credit
from billing.errors import BillingError
from billing.models import BillingAccount, Hold, LotKind, Mode
from billing.permits import Permit
from billing.spending import permit
from catalog.models import Model
from catalog.money import PICO
from catalog.prices import set_price
from ledger.actor import Actor
from ledger.ids import new_id

pytestmark = pytest.mark.django_db
WORST = 1000 * 180_000 + 500 * 590_000  # pico-dollars of 1,000 tokens in and 500 out


def ask(organization_id: object, model: str = "llama") -> Permit:
    return permit(new_id(), organization_id, model=model, prompt=1000, completion=500)  # type: ignore[arg-type]


def test_who_is_not_billed_holds_nothing(organization: Organization, llama: Model) -> None:
    assert ask(organization.pk) is Permit.FREE
    assert not BillingAccount.objects.exists()


def test_a_call_that_costs_nothing_holds_nothing(account: BillingAccount) -> None:
    assert ask(account.pk, "unpriced") is Permit.FREE


def test_a_call_holds_its_worst_case(account: BillingAccount, llama: Model) -> None:
    give_credit(account, LotKind.PAID, WORST, key="topup:1")
    assert [ask(account.pk), ask(account.pk)] == [Permit.HELD, Permit.NO_CREDIT]
    assert Hold.objects.get().amount == WORST


def test_the_worst_case_is_the_dearer_of_fresh_and_cached(account: BillingAccount, llama: Model) -> None:
    rates = {"input_rate": 1, "cached_input_rate": 2, "output_rate": 3}
    set_price(Actor.operator(), llama, **rates)
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    ask(account.pk)
    assert Hold.objects.get().amount == 1000 * 2 + 500 * 3


def test_the_rule_that_refuses_is_named(account: BillingAccount, llama: Model) -> None:
    give_credit(account, LotKind.PAID, PICO, key="topup:1")
    set_cap(Actor.operator(), account.pk, WORST - 1)
    assert ask(account.pk) is Permit.OVER_CAP
    set_cap(Actor.operator(), account.pk, None)
    set_terms(Actor.operator(), account.pk, mode=Mode.POSTPAID, limit=0)
    BillingAccount.objects.update(owed=PICO)
    assert ask(account.pk) is Permit.OVER_LIMIT
    BillingAccount.objects.update(suspended_at=timezone.now())
    assert ask(account.pk) is Permit.SUSPENDED
    assert ask(account.pk, "unpriced") is Permit.SUSPENDED


@pytest.mark.parametrize("cap", [-1, 9_000_001 * PICO])
def test_no_cap_is_below_zero_or_more_than_a_column_holds(account: BillingAccount, cap: int) -> None:
    with pytest.raises(BillingError, match="cap"):
        set_cap(Actor.operator(), account.pk, cap)


def test_who_pays_in_advance_has_no_limit(organization: Organization) -> None:
    with pytest.raises(BillingError, match="limit"):
        set_terms(Actor.operator(), organization.pk, mode=Mode.PREPAID, limit=5)
