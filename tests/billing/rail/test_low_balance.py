"""A low balance is told once each time it comes about, and not to who never had more."""

from typing import Any

import pytest
from django.utils import timezone

from billing.actions.balance_warning import set_balance_warning
from billing.actions.promotions import give_promotion
from billing.actions.topup_ends import pay_top_up
from billing.actions.topups import start_top_up
from billing.credit import freeze, thaw
from billing.errors import BillingError
from billing.low_balance import warn
from billing.models import BalanceWarning, BillingAccount, CreditLot
from catalog.money import CENT, PICO
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def give(account: BillingAccount, amount: int) -> CreditLot:
    lot = give_promotion(OPERATOR, account.pk, amount=amount, title="Welcome")
    account.refresh_from_db()
    return lot


def told() -> int:
    return OutboxMessage.objects.filter(kind="low-balance").count()


def test_who_never_had_enough_is_not_told(account: BillingAccount) -> None:
    assert warn() == 0
    give(account, 3 * PICO)
    assert (warn(), told()) == (0, 0)


def test_a_welcome_credit_is_low_when_a_fifth_of_it_is_left(account: BillingAccount) -> None:
    large, small, _ = (give(account, cents * CENT) for cents in (400, 1, 99))
    assert (warn(), BalanceWarning.objects.get().below) == (0, PICO)
    freeze(account, large, timezone.now())
    assert (warn(), told()) == (0, 0)
    freeze(account, small, timezone.now())
    assert (warn(), told()) == (1, 1)


def test_each_fall_below_the_threshold_is_told_once(account: BillingAccount) -> None:
    lot = give(account, 6 * PICO)
    assert warn() == 0
    for fall in (1, 2):
        freeze(account, lot, timezone.now())
        assert (warn(), warn(), warn()) == (1, 0, 0)
        assert told() == fall
        thaw(account, lot)
        assert warn() == 0


def test_without_a_choice_it_is_a_fifth_of_what_was_bought_last(account: BillingAccount, stripe: Any) -> None:
    top_up = start_top_up(OPERATOR, account.pk, cents=10_000)
    pay_top_up(top_up.pk, payment="pi_1")
    assert BalanceWarning.objects.get().below == 2000 * CENT


def test_people_choose_the_threshold_or_none(account: BillingAccount) -> None:
    lot = give(account, 60 * PICO)
    warning = set_balance_warning(OPERATOR, account.pk, threshold=7000)
    assert warning.below == 70 * PICO
    assert warn() == 0
    set_balance_warning(OPERATOR, account.pk, threshold=5000)
    warn()
    set_balance_warning(OPERATOR, account.pk, threshold=0)
    freeze(account, lot, timezone.now())
    assert (warn(), told()) == (0, 0)
    set_balance_warning(OPERATOR, account.pk, threshold=None)
    assert (warn(), told()) == (1, 1)
    assert AuditEvent.objects.filter(action=Action.BALANCE_WARNING_SET).latest("pk").payload == {
        "before_threshold": 0,
        "after_threshold": None,
    }


@pytest.mark.parametrize("threshold", [-1, 1.5, True, 10**12])
def test_what_is_no_balance_is_refused(account: BillingAccount, threshold: Any) -> None:
    with pytest.raises(BillingError, match="threshold"):
        set_balance_warning(OPERATOR, account.pk, threshold=threshold)
