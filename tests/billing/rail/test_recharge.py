"""Auto-recharge: at most one purchase under way, never above the month's cap, off after three failures in a row."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erase_organization
from accounts.models import Organization
from billing.actions.recharge import recharge, recharge_due, set_recharge, stop_recharge
from billing.actions.terms import set_terms
from billing.actions.topup_ends import RESTS, fail_top_up
from billing.actions.topups import confirmation_url
from billing.credit import freeze
from billing.errors import BillingError
from billing.models import AutoRecharge, BillingAccount, CreditLot, Mode, Origin, StripeIntent, TopUp, TopUpStatus
from billing.rail.deeds.customers import customer_of
from billing.rail.lookups import end_overdue
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.rail.conftest import hear, settle, troubles
from tests.support.at_once import at_once
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
DECLINES = "pm_card_chargeCustomerFail"


@pytest.fixture
def recharging(account: BillingAccount) -> BillingAccount:
    """An account that buys 20 dollars whenever it has less than 5, up to 100 a month."""
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=10_000)
    return account


def card(stripe: Stripe, account: BillingAccount, token: str = "pm_card_visa") -> str:
    return stripe.save_card(customer_of(account.pk), token)


def messages(kind: str) -> int:
    return OutboxMessage.objects.filter(kind=kind).count()


def spend(account: BillingAccount) -> None:
    """Let the balance fall to nothing, the short way: what is frozen cannot be spent."""
    account.refresh_from_db()
    for lot in CreditLot.objects.filter(organization_id=account.pk, frozen_at=None):
        freeze(account, lot, timezone.now())


def test_a_balance_below_the_threshold_buys_credit(recharging: BillingAccount, stripe: Stripe) -> None:
    card(stripe, recharging)
    assert recharge_due() == 1
    settle()
    recharging.refresh_from_db()
    assert recharging.balance == 2000 * CENT
    top_up = TopUp.objects.get()
    assert (top_up.origin, top_up.status, messages("receipt")) == (Origin.AUTO, TopUpStatus.PAID, 1)
    hear(stripe)
    recharging.refresh_from_db()
    assert (recharging.balance, recharge_due(), troubles()) == (2000 * CENT, 0, [])
    assert AuditEvent.objects.get(action=Action.TOP_UP_STARTED).actor == "system:auto-recharge"


def test_nothing_is_bought_while_something_is_under_way(recharging: BillingAccount, stripe: Stripe) -> None:
    assert (recharge_due(), recharge_due()) == (1, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        TopUp.objects.create(organization_id=recharging.pk, origin=Origin.AUTO, cents=500, expires_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_however_many_look_at_once_one_buys(recharging: BillingAccount, stripe: Stripe) -> None:
    """Without the account's lock several would begin, and the constraint would refuse them with errors."""
    results = at_once(*[partial(recharge, recharging.pk, timezone.now()) for _ in range(8)])
    assert [type(result) for result in results if result is not None] == [TopUp]


def test_a_months_cap_is_never_exceeded_and_begins_anew(recharging: BillingAccount, stripe: Stripe) -> None:
    card(stripe, recharging)
    month = datetime(2027, 1, 31, 23, 59, tzinfo=timezone.get_default_timezone())
    for _ in range(10):
        recharge_due(month)
        TopUp.objects.pending().update(created_at=month)
        settle()
        spend(recharging)
    assert TopUp.objects.filter(status=TopUpStatus.PAID).count() == 5
    assert recharge_due(month + timedelta(minutes=2)) == 1


def test_what_is_pending_counts_towards_the_cap(recharging: BillingAccount, stripe: Stripe) -> None:
    now = timezone.now()
    AutoRecharge.objects.update(monthly_cap=3000)
    recharge_due(now)
    assert TopUp.objects.of(recharging.pk).recharged_in(now.date().replace(day=1)) == 2000
    TopUp.objects.update(origin=Origin.AUTO, status=TopUpStatus.PAID, paid_at=now)
    assert recharge_due(now) == 0


def test_three_failures_in_a_row_switch_it_off_and_say_so(recharging: BillingAccount, stripe: Stripe) -> None:
    card(stripe, recharging, DECLINES)
    now = timezone.now()
    for rest in (*RESTS, None):
        assert recharge_due(now) == 1
        settle()
        hear(stripe)  # Stripe's own word of the failure counts no second time
        if rest:
            assert recharge_due(now) == 0
            now += rest * 1.1
    assert recharge_due(now + timedelta(days=40)) == 0
    state = AutoRecharge.objects.get()
    assert (state.is_on, state.failures) == (False, 3)
    assert TopUp.objects.filter(status=TopUpStatus.FAILED, failure="generic-decline").count() == 3
    assert (messages("payment-failed"), messages("auto-recharge-off")) == (3, 1)
    invoices = stripe.client().v1.invoices.list().data
    assert [invoice.status for invoice in invoices] == ["void"] * 3


def test_one_failure_counts_once_whoever_tells_of_it(recharging: BillingAccount) -> None:
    recharge_due()
    for _ in range(3):
        fail_top_up(TopUp.objects.get().pk, "generic-decline")
    assert (AutoRecharge.objects.get().failures, messages("payment-failed")) == (1, 1)


def test_a_success_forgets_the_failures_before(recharging: BillingAccount, stripe: Stripe) -> None:
    AutoRecharge.objects.update(failures=2)
    card(stripe, recharging)
    recharge_due()
    settle()
    assert AutoRecharge.objects.get().failures == 0


def test_without_a_card_it_fails_and_nothing_is_left_to_pay(recharging: BillingAccount, stripe: Stripe) -> None:
    recharge_due()
    settle()
    top_up = TopUp.objects.get()
    assert (top_up.status, top_up.failure) == (TopUpStatus.FAILED, "no-payment-method")
    assert stripe.client().v1.invoices.list().data == []


def test_a_card_that_is_taken_away_meanwhile_leaves_nothing_to_pay(recharging: BillingAccount, stripe: Stripe) -> None:
    method = card(stripe, recharging)
    recharge_due()
    stripe.fail("lost", path="/v1/invoiceitems")
    settle()
    stripe.client().v1.payment_methods.detach(method)
    StripeIntent.objects.update(next_at=timezone.now())
    settle()
    assert TopUp.objects.get().failure == "no-payment-method"
    assert stripe.client().v1.invoices.list().data[0].status == "void"


def test_an_organization_that_is_gone_is_charged_nothing(
    recharging: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    gone = set_terms(OPERATOR, new_id(), mode=Mode.PREPAID)
    set_recharge(OPERATOR, gone.pk, threshold=500, amount=2000, monthly_cap=10_000)
    assert recharge(gone.pk, timezone.now()) is None
    assert not AutoRecharge.objects.get(pk=gone.pk).is_on
    assert recharge(recharging.pk, timezone.now())


@pytest.mark.django_db(databases=["default", "content", "vault"])
def test_an_organization_that_is_erased_is_charged_nothing(
    recharging: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    """Its row stays, so that alone says nothing; that it has no members any more does."""
    card(stripe, recharging)
    erase_organization(OPERATOR, organization)
    assert recharge_due() == 0
    assert not AutoRecharge.objects.get().is_on
    assert not TopUp.objects.exists()


def test_a_bank_that_wants_it_confirmed_is_told_and_waited_for(recharging: BillingAccount, stripe: Stripe) -> None:
    card(stripe, recharging, "pm_card_authenticationRequired")
    recharge_due()
    settle()
    hear(stripe)
    top_up = TopUp.objects.get()
    assert top_up.needs_confirmation
    assert (messages("payment-action"), messages("payment-failed"), recharge_due()) == (1, 0, 0)
    assert confirmation_url(top_up).startswith(stripe.url)
    stripe.control(f"payments/{top_up.stripe_payment}/authentication", approved=True)
    hear(stripe)
    recharging.refresh_from_db()
    assert recharging.balance == 2000 * CENT


def test_what_nobody_confirms_has_failed_after_a_day(recharging: BillingAccount, stripe: Stripe) -> None:
    card(stripe, recharging, "pm_card_authenticationRequired")
    recharge_due()
    settle()
    assert end_overdue(timezone.now() + timedelta(hours=23)) == 0
    assert end_overdue(timezone.now() + timedelta(hours=25)) == 1
    settle()
    assert TopUp.objects.get().status == TopUpStatus.FAILED
    assert AutoRecharge.objects.get().failures == 1
    assert stripe.client().v1.invoices.list().data[0].status == "void"


def test_suspended_and_postpaid_accounts_and_those_switched_off_buy_nothing(
    recharging: BillingAccount, stripe: Stripe
) -> None:
    BillingAccount.objects.update(suspended_at=timezone.now())
    assert recharge_due() == 0
    BillingAccount.objects.update(suspended_at=None)
    set_terms(OPERATOR, recharging.pk, mode=Mode.POSTPAID)
    assert recharge_due() == 0
    set_terms(OPERATOR, recharging.pk, mode=Mode.PREPAID)
    assert stop_recharge(OPERATOR, recharging.pk)
    assert not stop_recharge(OPERATOR, recharging.pk)
    assert recharge_due() == 0
    assert AuditEvent.objects.filter(action=Action.RECHARGE_STOPPED).count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": 499}, "amount"),
        ({"amount": 1_000_001, "monthly_cap": 2_000_000}, "amount"),
        ({"amount": 20.5}, "amount"),
        ({"threshold": -1}, "threshold"),
        ({"threshold": 1.5}, "threshold"),
        ({"threshold": 20_001}, "threshold"),
        ({"monthly_cap": 1999}, "cap"),
        ({"monthly_cap": 10**12}, "cap"),
    ],
)
def test_settings_that_make_no_sense_are_refused(account: BillingAccount, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(BillingError, match=code):
        set_recharge(OPERATOR, account.pk, **{"threshold": 500, "amount": 2000, "monthly_cap": 10_000, **wrong})
    assert not AutoRecharge.objects.exists()


def test_other_amounts_do_not_forget_failures_nor_the_rest_after_them(recharging: BillingAccount) -> None:
    rests_until = timezone.now() + timedelta(minutes=30)
    AutoRecharge.objects.update(failures=2, rests_until=rests_until)
    set_recharge(OPERATOR, recharging.pk, threshold=500, amount=3000, monthly_cap=10_000)
    state = AutoRecharge.objects.get()
    assert (state.cents, state.failures, state.rests_until) == (3000, 2, rests_until)


@pytest.mark.parametrize("failures", [0, 1])
def test_a_higher_cap_ends_the_rest_for_want_of_room_below_it(recharging: BillingAccount, failures: int) -> None:
    AutoRecharge.objects.update(failures=failures, rests_until=timezone.now() + timedelta(days=9))
    set_recharge(OPERATOR, recharging.pk, threshold=500, amount=2000, monthly_cap=50_000)
    state = AutoRecharge.objects.get()
    assert (state.failures, state.rests_until) == (failures, None)


def test_switching_it_on_again_forgets_failures_and_says_what_changed(recharging: BillingAccount) -> None:
    AutoRecharge.objects.update(failures=3, is_on=False)
    creator = new_id()
    set_recharge(OPERATOR, recharging.pk, threshold=500, amount=3000, monthly_cap=10_000, creator=creator)
    state = AutoRecharge.objects.get()
    assert (state.is_on, state.failures, state.created_by) == (True, 0, creator)
    event = AuditEvent.objects.filter(action=Action.RECHARGE_SET).latest("pk")
    assert event.payload == {
        "before_enabled": "no",
        "after_enabled": "yes",
        "before_amount": 2000,
        "after_amount": 3000,
    }
