"""Refunds and disputes in any order with purchases and calls: never more back than was paid, and the books agree."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from billing.actions.dispute_steps import Moved, lose, open_dispute, reinstate, win, withdraw
from billing.actions.refund_ends import fail_refund, note_refund, pay_refund
from billing.actions.refunds import request_refund
from billing.actions.topup_ends import pay_top_up
from billing.books import disagreements
from billing.errors import BillingError
from billing.models import (
    Account,
    BillingAccount,
    CreditLot,
    Dispute,
    Kind,
    Mode,
    Origin,
    Posting,
    Refund,
    RefundStatus,
    TopUp,
)
from billing.settlement import settle_calls
from billing.sweeping import expire_credit
from catalog.models import Model
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call

OPERATOR = Actor.operator()
PLACES = st.integers(0, 20)


class MoneyBack(RuleBasedStateMachine):
    """One prepaid organization; places choose among what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.account = BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID)

    @rule(cents=st.integers(500, 2000))
    def buy(self, cents: int) -> None:
        until = timezone.now() + timedelta(hours=1)
        about = {"organization_id": self.account.pk, "cents": cents, "origin": Origin.CHECKOUT, "expires_at": until}
        top_up = TopUp.objects.create(**about)
        pay_top_up(top_up.pk, payment=f"pi_{top_up.pk}", fee=30)

    @rule(tokens=st.integers(1, 20_000_000))
    def use(self, tokens: int) -> None:
        counts = {"prompt_tokens": 0, "cached_tokens": 0, "completion_tokens": tokens}
        settle_calls([call(organization_id=self.account.pk, started_at=timezone.now(), **counts)])

    @rule(place=PLACES, cents=st.integers(1, 2000))
    def ask(self, place: int, cents: int) -> None:
        for lot in _one(CreditLot, self.account, place):
            try:
                request_refund(OPERATOR, self.account.pk, lot_id=lot.pk, cents=cents)
            except BillingError as refused:
                assert refused.code in {"amount", "frozen"}  # noqa: PT017

    @rule(place=PLACES, succeeds=st.booleans())
    def end_refund(self, place: int, succeeds: bool) -> None:
        for refund in _one(Refund, self.account, place):
            note_refund(refund.pk, total=refund.cents, name=f"re_{refund.pk}")
            if succeeds:
                pay_refund(refund.pk)
            else:
                fail_refund(refund.pk, "expired-card")

    @rule(place=PLACES, cents=st.integers(1, 2000))
    def dispute(self, place: int, cents: int) -> None:
        for top_up in _one(TopUp, self.account, place):
            made = open_dispute(top_up, f"du_{top_up.pk}", cents=min(cents, top_up.cents), reason="fraudulent")
            withdraw(made.pk, Moved(made.cents, 1500))

    @rule(place=PLACES, wins=st.booleans())
    def end_dispute(self, place: int, wins: bool) -> None:
        for dispute in _one(Dispute, self.account, place):
            if wins and dispute.status != "lost":
                reinstate(dispute.pk, Moved(dispute.cents, 0))
                win(dispute.pk)
            elif not wins:
                lose(dispute.pk)

    @rule(place=PLACES)
    def expire(self, place: int) -> None:
        for lot in _one(CreditLot, self.account, place):
            CreditLot.objects.filter(pk=lot.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
            expire_credit()

    @invariant()
    def the_books_agree(self) -> None:
        self.account.refresh_from_db()
        assert disagreements(self.account) == []

    @invariant()
    def no_more_comes_back_than_was_paid(self) -> None:
        for top_up in TopUp.objects.filter(organization_id=self.account.pk):
            back = [each.cents for each in top_up.refunds.exclude(status=RefundStatus.FAILED)]
            assert sum(back) == top_up.refunded <= top_up.cents
            paid = Posting.objects.filter(
                transaction__reference__in=[str(each.pk) for each in top_up.refunds.all()],
                transaction__kind__in=(Kind.REFUND_PAID, Kind.REFUND_FAILED),
                account=Account.CLEARING,
            )
            assert 0 <= -sum(each.amount for each in paid) <= top_up.cents * CENT

    @invariant()
    def what_is_frozen_is_of_open_disputes(self) -> None:
        frozen = CreditLot.objects.filter(organization_id=self.account.pk, frozen_at__isnull=False)
        disputed = Dispute.objects.of(self.account.pk).open().values_list("top_up_id", flat=True)
        assert {each.reference for each in frozen} == {str(pk) for pk in disputed}


def _one(kind: type, account: BillingAccount, place: int) -> list:  # type: ignore[type-arg]
    rows = list(kind.objects.filter(organization_id=account.pk).order_by("pk"))  # type: ignore[attr-defined]
    return [rows[place % len(rows)]] if rows else []


@pytest.mark.django_db
def test_no_more_comes_back_than_was_paid_and_the_books_agree(llama: Model) -> None:
    run_state_machine_as_test(
        MoneyBack,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
