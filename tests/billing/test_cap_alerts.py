"""Who nears their spend cap hears of it at 80 percent and at the cap, once a month each."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from billing.accounts import month_of
from billing.actions.terms import set_cap
from billing.cap_alerts import warn_of_caps
from billing.holds import hold
from billing.models import BillingAccount, CapAlert
from billing.permits import Permit, Refused
from billing.purses import Purse
from catalog.money import PICO
from ledger.actor import Actor
from ledger.ids import new_id
from notifications.models import Channel, Endpoint, OutboxMessage
from notifications.webhooks.kinds import event_of
from tests.support.outbox import send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(account: BillingAccount) -> BillingAccount:
    """At most 10 dollars a month."""
    return set_cap(Actor.operator(), account.pk, 10 * PICO)


def spend(account: BillingAccount, amount: int) -> None:
    BillingAccount.objects.update(spent=amount, spent_month=month_of(timezone.now()))


def is_over_cap(account: BillingAccount, need: int) -> bool:
    refused = hold(new_id(), Purse(account.pk, None), need)
    return isinstance(refused, Refused) and refused.permit == Permit.OVER_CAP


def told() -> int:
    return OutboxMessage.objects.filter(kind="cap-reached", channel="email").count()


@pytest.mark.parametrize(
    ("spent", "count"), [(8 * PICO - 1, 0), (8 * PICO, 1), (10 * PICO - 1, 1), (10 * PICO, 1), (20 * PICO, 1)]
)
def test_it_is_told_from_80_percent_on(account: BillingAccount, spent: int, count: int) -> None:
    spend(account, spent)
    assert [warn_of_caps(), warn_of_caps(), told()] == [count, 0, count]


def test_each_step_is_told_once_a_month(account: BillingAccount) -> None:
    for spent, count in ((8, 1), (9, 1), (10, 2), (11, 2)):
        spend(account, spent * PICO)
        warn_of_caps()
        assert told() == count
    set_cap(Actor.operator(), account.pk, 12 * PICO)
    assert (warn_of_caps(), told()) == (0, 2)


def test_programs_are_told_too(account: BillingAccount) -> None:
    Endpoint.objects.create(organization_id=account.pk, url="https://a.example", kinds=["cap.reached"])
    spend(account, 8 * PICO)
    warn_of_caps()
    (event,) = OutboxMessage.objects.filter(channel=Channel.WEBHOOK)
    assert (event.kind, event_of(event).data) == ("cap.reached", {"organization_id": str(account.pk)})


def test_a_new_month_begins_anew(account: BillingAccount) -> None:
    spend(account, 10 * PICO)
    warn_of_caps()
    CapAlert.objects.update(month=month_of(timezone.now() - timedelta(days=40)))
    OutboxMessage.objects.all().delete()
    assert (warn_of_caps(), told(), CapAlert.objects.get().told) == (1, 1, 100)


def test_what_was_spent_in_another_month_does_not_count(account: BillingAccount) -> None:
    BillingAccount.objects.update(spent=10 * PICO, spent_month=month_of(timezone.now() - timedelta(days=40)))
    assert warn_of_caps() == 0


def test_who_has_no_cap_or_one_of_nothing_is_not_told(account: BillingAccount) -> None:
    spend(account, 10 * PICO)
    for cap in (None, 0):
        set_cap(Actor.operator(), account.pk, cap)
        assert warn_of_caps() == 0


def test_a_call_that_fits_no_more_is_the_cap_reached(account: BillingAccount) -> None:
    spend(account, 9 * PICO)
    warn_of_caps()
    assert is_over_cap(account, 2 * PICO)
    assert (warn_of_caps(), warn_of_caps(), told()) == (1, 0, 2)


def test_one_large_call_that_is_refused_early_is_not(account: BillingAccount) -> None:
    spend(account, 5 * PICO)
    assert is_over_cap(account, 6 * PICO)
    assert warn_of_caps() == 0


@pytest.mark.parametrize(
    ("spent", "subject", "says"),
    [
        (8, "Llamas of Lisbon has used 80% of its spend cap", "When all of it is used, calls are refused"),
        (10, "Llamas of Lisbon has reached its spend cap", "Calls are refused until the cap is raised"),
    ],
)
def test_the_letter_says_what_is_left_and_what_follows(
    account: BillingAccount, spent: int, subject: str, says: str
) -> None:
    spend(account, spent * PICO)
    warn_of_caps()
    send_all()
    (sent,) = mail.outbox
    text = " ".join(sent.body.split())
    assert sent.subject == subject
    assert all(each in text for each in (says, f"${spent}.00", "$10.00", "/o/llamas-of-lisbon/billing/cap/"))


def test_a_cap_that_was_raised_meanwhile_is_told_of_to_nobody(account: BillingAccount) -> None:
    spend(account, 10 * PICO)
    warn_of_caps()
    set_cap(Actor.operator(), account.pk, 100 * PICO)
    send_all()
    assert mail.outbox == []


def test_the_task_of_balances_tells(account: BillingAccount, settings: Any) -> None:
    from billing.tasks import watch_balances

    spend(account, 8 * PICO)
    watch_balances()
    assert told() == 1
