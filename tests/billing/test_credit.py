"""Credit: what is given, what burns first, what expires, and that the books agree after any of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from billing.actions.promotions import give_promotion
from billing.books import disagreements
from billing.credit import freeze, give_credit, plan_burn, spendable_lots, thaw
from billing.errors import BillingError
from billing.models import BillingAccount, CreditLot, Draw, Kind, LotKind, Transaction
from billing.settlement import settle_calls
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import PICO
from ledger.actor import Actor
from tests.usage.test_recording import call

pytestmark = pytest.mark.django_db
SOON, LATER = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


def buy(account: BillingAccount, amount: int, key: str = "topup:1") -> CreditLot:
    return give_credit(account, LotKind.PAID, amount, key=key)


def promise(account: BillingAccount, amount: int, expires_at: datetime | None = None) -> CreditLot:
    lot = give_promotion(Actor.operator(), account.pk, amount=amount, title="Welcome", expires_at=expires_at)
    account.refresh_from_db()
    return lot


def test_bought_and_given_credit_is_what_is_there_to_spend(account: BillingAccount) -> None:
    buy(account, 5 * PICO)
    promise(account, 2 * PICO)
    assert account.balance == 7 * PICO
    assert disagreements(account) == []


@pytest.mark.parametrize("amount", [0, -1, 1_000_000 * PICO + 1])
def test_credit_of_no_sensible_amount_is_refused(account: BillingAccount, amount: int) -> None:
    with pytest.raises(BillingError, match="amount"):
        buy(account, amount)


def test_promotional_credit_burns_first_and_what_expires_soonest_before_the_rest(account: BillingAccount) -> None:
    paid = buy(account, 5)
    later, never, soon = (promise(account, 5, expires_at) for expires_at in (LATER, None, SOON))
    assert list(spendable_lots(account.pk)) == [soon, later, never, paid]


@given(st.lists(st.integers(1, 1000), max_size=8), st.integers(0, 5000))
def test_a_plan_takes_all_of_a_lot_before_the_next_and_never_more(remaining: list[int], amount: int) -> None:
    lots = [CreditLot(kind=LotKind.PAID, granted=each, remaining=each) for each in remaining]
    burnt = plan_burn(lots, amount)
    parts = [part for _, part in burnt.parts]
    assert sum(parts) + burnt.rest == amount
    assert parts[:-1] == remaining[: len(parts)][:-1]
    assert all(0 < part <= lot.remaining for lot, part in burnt.parts)
    assert burnt.rest == max(0, amount - sum(remaining))


def test_usage_beyond_the_credit_becomes_debt_and_the_next_credit_repays_it(
    account: BillingAccount, llama: Model
) -> None:
    buy(account, 1_000_000)
    settle_calls([call(organization_id=account.pk)])  # 18,500,000 pico-dollars
    account.refresh_from_db()
    assert (account.credit, account.owed) == (0, 17_500_000)
    lot = buy(account, 20_000_000, key="topup:2")
    lot.refresh_from_db()
    assert (account.owed, account.balance, lot.remaining) == (0, 2_500_000, 2_500_000)
    assert Transaction.objects.filter(kind=Kind.REPAYMENT).count() == 1
    assert disagreements(account) == []


def test_credit_that_is_over_expires_once(account: BillingAccount) -> None:
    promise(account, 5, timezone.now() - timedelta(seconds=1))
    kept = promise(account, 7, timezone.now() + timedelta(days=1))
    assert (expire_credit(), expire_credit()) == (1, 0)
    account.refresh_from_db()
    assert account.balance == kept.remaining == 7
    assert disagreements(account) == []


def test_frozen_credit_is_there_but_cannot_be_spent_and_does_not_expire(account: BillingAccount, llama: Model) -> None:
    lot = buy(account, PICO)
    lot.expires_at = timezone.now() - timedelta(days=1)
    lot.save()
    freeze(account, lot, timezone.now())
    freeze(account, lot, timezone.now())
    assert (account.credit, account.balance, expire_credit()) == (PICO, 0, 0)
    settle_calls([call(organization_id=account.pk)])
    account.refresh_from_db()
    assert account.owed > 0
    thaw(account, lot)
    thaw(account, lot)
    assert account.frozen == 0
    assert disagreements(account) == []


def test_every_draw_is_written_down(account: BillingAccount, llama: Model) -> None:
    promise(account, 1_000_000)
    buy(account, 100_000_000)
    settle_calls([call(organization_id=account.pk)])
    assert list(Draw.objects.order_by("id").values_list("lot__kind", "amount")) == [
        (LotKind.PROMOTIONAL, 1_000_000),
        (LotKind.PAID, 60 * 180_000 + 40 * 45_000 + 10 * 590_000 - 1_000_000),
    ]
