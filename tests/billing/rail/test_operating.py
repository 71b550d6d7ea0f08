"""What operators and the clock do: look again, try again, forget what is long over."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organization
from billing.actions.portal import open_payment_methods
from billing.actions.recharge import recharge_due, set_recharge
from billing.errors import BillingError
from billing.models import BillingAccount, Deed, EventState, IntentState, StripeEvent, StripeIntent, TopUp, TopUpStatus
from billing.rail.deeds.customers import customer_of
from billing.rail.retention import KEPT, purge
from billing.tasks import apply_events, carry_out_intents, end_top_ups, watch_balances
from catalog.money import CENT
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.billing.rail.conftest import buy, hear
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_a_resync_finds_what_was_paid_and_says_so(
    account: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    assert "Nothing is open" in run("stripe_resync", "--organization", organization.slug)
    stripe.submit(buy(account).stripe_session)
    assert "1 done" in run("stripe_resync", "--organization", organization.slug)
    account.refresh_from_db()
    assert account.balance == 2000 * CENT
    event = AuditEvent.objects.filter(action=Action.PAYMENTS_RETRIED).latest("pk")
    assert (event.organization_id, event.actor) == (organization.pk, str(OPERATOR))


def test_what_a_look_finds_that_does_not_fit_is_listed(
    account: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    stripe.submit(buy(account).stripe_session)
    TopUp.objects.update(cents=1999)
    assert "1 amount" in run("stripe_resync", "--organization", organization.slug)
    assert all(word in run("stripe_troubles") for word in ("amount", "top-up", str(TopUp.objects.get().pk)))


def test_a_resync_while_stripe_is_away_says_that(
    account: BillingAccount, stripe: Stripe, organization: Organization
) -> None:
    buy(account)
    stripe.away()
    assert "1 unknown-outcome" in run("stripe_resync", "--organization", organization.slug)


def test_an_unknown_organization_or_event_is_an_error(account: BillingAccount, stripe: Stripe) -> None:
    with pytest.raises(CommandError, match="no organization"):
        run("stripe_resync", "--organization", "nowhere")
    with pytest.raises(CommandError, match="does not have this"):
        run("stripe_replay", "evt_nobody")
    with pytest.raises(CommandError, match="no intent's id"):
        run("stripe_troubles", "--retry", "x")


def test_what_was_parked_is_listed_and_tried_again(account: BillingAccount, stripe: Stripe) -> None:
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=2000)
    stripe.save_card(customer_of(account.pk))
    recharge_due()
    intent = StripeIntent.objects.get(kind=Deed.RECHARGE)
    StripeIntent.objects.filter(pk=intent.pk).update(state=IntentState.PARKED, error="unknown-outcome", attempts=40)
    assert all(word in run("stripe_troubles") for word in ("parked", "unknown-outcome", "recharge", str(intent.pk)))
    assert "1 tried again" in run("stripe_troubles", "--retry", str(intent.pk))
    carry_out_intents()
    assert TopUp.objects.get().status == TopUpStatus.PAID


def test_the_tasks_do_all_of_it(account: BillingAccount, stripe: Stripe) -> None:
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=2000)
    stripe.save_card(customer_of(account.pk))
    watch_balances()
    carry_out_intents()
    apply_events()
    end_top_ups()
    account.refresh_from_db()
    assert account.balance == 2000 * CENT


def test_what_is_long_over_is_forgotten_and_the_customer_and_what_waits_are_not(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.submit(buy(account).stripe_session)
    hear(stripe)
    StripeEvent.objects.create(
        pk="evt_odd", type="invoice.paid", created=account.created_at, livemode=False, state=EventState.QUARANTINED,
        done_at=timezone.now(),
    )  # fmt: skip
    purge(timezone.now() + KEPT - timedelta(minutes=1))
    assert StripeEvent.objects.count() > 2
    purge(timezone.now() + KEPT + timedelta(minutes=1))
    assert list(StripeEvent.objects.values_list("pk", flat=True)) == ["evt_odd"]
    assert list(StripeIntent.objects.values_list("kind", flat=True)) == [Deed.CUSTOMER]


def test_an_old_event_that_was_forgotten_has_no_second_effect(account: BillingAccount, stripe: Stripe) -> None:
    stripe.submit(buy(account).stripe_session)
    hear(stripe)
    StripeEvent.objects.all().delete()
    for event in stripe.happened()["events"]:
        run("stripe_replay", event["id"])
    account.refresh_from_db()
    assert account.balance == 2000 * CENT


def test_opening_the_payment_methods_is_recorded(account: BillingAccount, stripe: Stripe) -> None:
    url = open_payment_methods(OPERATOR, account.pk, return_url="https://console.example/")
    assert url.startswith(stripe.url)
    assert AuditEvent.objects.filter(action=Action.PAYMENT_METHODS_OPENED, organization_id=account.pk).count() == 1
    with pytest.raises(BillingError, match="not-billed"):
        open_payment_methods(OPERATOR, new_id(), return_url="https://console.example/")


def test_each_event_of_a_recharge_fifty_times_in_any_order_is_one_charge(
    account: BillingAccount, stripe: Stripe
) -> None:
    stripe.deliveries(copies=50, shuffled=True)
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2000, monthly_cap=2000)
    stripe.save_card(customer_of(account.pk))
    recharge_due()
    carry_out_intents()
    hear(stripe)
    account.refresh_from_db()
    assert account.balance == 2000 * CENT
    assert AuditEvent.objects.filter(action=Action.TOP_UP_PAID).count() == 1
