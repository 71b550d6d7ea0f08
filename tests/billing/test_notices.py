"""What people are told of payments: who hears of money, once, and only what is still so."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Membership, Organization, User
from billing.actions.recharge import CONFIRM_WITHIN, RECHARGER, set_recharge
from billing.actions.topup_ends import await_confirmation, fail_top_up, pay_top_up
from billing.actions.topups import begin
from billing.low_balance import warn
from billing.models import AutoRecharge, BalanceWarning, BillingAccount, Origin, TopUp
from billing.models.topup import NO_METHOD
from ledger.actor import Actor
from notifications import outbox
from notifications.models import OutboxMessage
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def top_up(account: BillingAccount) -> TopUp:
    until = timezone.now() + CONFIRM_WITHIN
    return begin(RECHARGER, account.pk, Origin.AUTO, cents=25_000, creator=None, expires_at=until)


def letter() -> str:
    send_all()
    (sent,) = mail.outbox
    assert sent.to == ["olivia@example.com"]
    return f"{sent.subject}\n{sent.body}"


def test_a_receipt_names_the_amount_and_the_number_in_the_journal(top_up: TopUp, member: User) -> None:
    pay_top_up(top_up.pk, payment="pi_1")
    pay_top_up(top_up.pk, payment="pi_1")
    text = letter()
    assert "Receipt for Llamas of Lisbon: $250.00" in text
    assert "/o/llamas-of-lisbon/billing/" in text


def test_a_payment_that_failed_says_when_it_is_tried_again(account: BillingAccount, top_up: TopUp) -> None:
    set_recharge(Actor.operator(), account.pk, threshold=500, amount=25_000, monthly_cap=50_000)
    fail_top_up(top_up.pk, "insufficient-funds")
    again = AutoRecharge.objects.get().rests_until
    assert again
    assert again > timezone.now() + timedelta(minutes=9)
    text = letter()
    assert "Your bank or card declined a payment." in text
    assert f"{again:%H:%M} UTC" in text


def test_a_recharge_without_a_payment_method_is_not_said_to_be_declined(account: BillingAccount, top_up: TopUp) -> None:
    fail_top_up(top_up.pk, NO_METHOD)
    assert "There is no payment method to charge. We do not try again by ourselves." in letter()


def test_a_payment_to_confirm_is_told_until_it_is_paid(top_up: TopUp) -> None:
    await_confirmation(top_up.pk)
    await_confirmation(top_up.pk)
    assert "Please confirm a payment for Llamas of Lisbon" in letter()


def test_what_was_paid_meanwhile_needs_no_confirmation(top_up: TopUp) -> None:
    await_confirmation(top_up.pk)
    pay_top_up(top_up.pk, payment="pi_1")
    assert "Receipt for" in letter()
    assert OutboxMessage.objects.get(kind="payment-action").error == outbox.WITHDRAWN


def test_auto_recharge_that_is_off_says_after_how_many_failures(account: BillingAccount, top_up: TopUp) -> None:
    set_recharge(Actor.operator(), account.pk, threshold=500, amount=25_000, monthly_cap=50_000)
    AutoRecharge.objects.update(failures=2)
    fail_top_up(top_up.pk, "expired-card", is_told=False)
    assert "3 payments in a row failed" in letter()


def test_a_low_balance_names_both_figures(account: BillingAccount) -> None:
    BalanceWarning.objects.create(account=account, is_armed=True)
    assert warn() == 1
    text = letter()
    assert "Llamas of Lisbon has $0.00 of credit left" in text
    assert "$5.00" in text


def test_who_left_meanwhile_is_told_nothing(top_up: TopUp, organization: Organization, owner: User) -> None:
    pay_top_up(top_up.pk, payment="pi_1")
    Membership.objects.filter(user=owner).delete()
    send_all()
    assert mail.outbox == []
