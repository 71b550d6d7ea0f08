"""Whatever happens to an organization's money, in any order: its books agree, and no lot is drawn below zero."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace

from billing import holds
from billing.actions.promotions import give_promotion
from billing.books import disagreements
from billing.credit import freeze, give_credit, thaw
from billing.holds import Held
from billing.models import BillingAccount, CreditLot, Hold, LotKind, Mode, Posting, Transaction
from billing.purses import Purse
from billing.settlement import settle_calls
from billing.sweeping import expire_credit
from catalog.models import Model
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call

AMOUNTS = st.integers(1, 60_000_000)


class Books(RuleBasedStateMachine):
    """One organization, and a plain count beside it of what it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.account = BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID)
        self.balance = 0

    def fresh(self) -> BillingAccount:
        self.account.refresh_from_db()
        return self.account

    def lots(self) -> list[CreditLot]:
        return list(CreditLot.objects.filter(organization_id=self.account.pk).order_by("pk"))

    @rule(amount=AMOUNTS)
    def buy(self, amount: int) -> None:
        give_credit(self.fresh(), LotKind.PAID, amount, key=f"topup:{new_id()}")
        self.balance += amount

    @rule(amount=AMOUNTS, days=st.integers(-1, 1))
    def promise(self, amount: int, days: int) -> None:
        over = timezone.now() + timedelta(days=days)
        give_promotion(Actor.operator(), self.account.pk, amount=amount, title="Welcome", expires_at=over)
        self.balance += amount

    @rule(prompt=st.integers(0, 200), times=st.integers(1, 2), held=st.booleans())
    def spend(self, prompt: int, times: int, held: bool) -> None:
        made = call(organization_id=self.account.pk, prompt_tokens=prompt, cached_tokens=0, completion_tokens=0)
        if held:
            share, hold_id = prompt * 180_000 + 1, new_id()
            holds.hold(hold_id, Purse(self.account.pk), share, wish=3 * share)
            made = replace(made, holds=(hold_id,), held=share)
        for _ in range(times):
            settle_calls([made, made])
        self.balance -= prompt * 180_000

    @rule(amount=AMOUNTS)
    def hold(self, amount: int) -> None:
        free = self.fresh().balance - self.account.held
        held = holds.hold(new_id(), Purse(self.account.pk), amount)
        assert isinstance(held, Held) == (amount <= free)

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        there = list(Hold.objects.filter(organization_id=self.account.pk))
        if there:
            hold = data.draw(st.sampled_from(there))
            holds.give_back(hold.pk, Purse(self.account.pk), data.draw(st.integers(1, hold.amount)))

    @rule()
    def sweep(self) -> None:
        holds.sweep(timezone.now() + 2 * holds.LIFETIME)
        assert not Hold.objects.filter(organization_id=self.account.pk).exists()

    @rule()
    def expire(self) -> None:
        over = [lot for lot in self.lots() if lot.expires_at and lot.expires_at <= timezone.now() and not lot.frozen_at]
        expire_credit()
        self.balance -= sum(lot.remaining for lot in over)

    @precondition(lambda self: self.lots())
    @rule(data=st.data(), frozen=st.booleans())
    def freeze_or_thaw(self, data: st.DataObject, frozen: bool) -> None:
        lot = data.draw(st.sampled_from(self.lots()))
        before = self.fresh().balance
        if frozen:
            freeze(self.account, lot, timezone.now())
        else:
            thaw(self.account, lot)
        self.balance += self.fresh().balance - before

    @invariant()
    def books_agree(self) -> None:
        assert disagreements(self.fresh()) == []
        assert self.account.balance == self.balance

    @invariant()
    def every_transaction_sums_to_zero(self) -> None:
        for each in Transaction.objects.filter(organization_id=self.account.pk):
            assert sum(Posting.objects.filter(transaction=each).values_list("amount", flat=True)) == 0


@pytest.mark.django_db
def test_the_books_agree_whatever_happens(llama: Model) -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
