"""Runs: the books of each, what goes on where a part fails, since when the next one looks, how long they are kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organization
from billing.models import (
    BillingAccount,
    Finding,
    InvoiceLine,
    Mode,
    ReconciliationRun,
)
from billing.rail import retention
from billing.reconcile.running import RECONCILER, reconcile
from catalog.models import Model
from ledger.actor import Actor
from ledger.ids import new_id
from tests.billing.reconcile.test_reconcile import bought, found, run
from tests.support.invoices import use
from tests.support.stripe import Stripe

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


@pytest.mark.parametrize("what", ["credit", "owed", "held"])
def test_sums_that_do_not_agree_are_found_and_stay_open(postpaid: BillingAccount, stripe: Stripe, what: str) -> None:
    BillingAccount.objects.update(**{what: 7})
    first = run()
    assert (f"books: {what}", False) in found(first)
    finding = first.findings.get(what=f"books: {what}")
    assert (finding.expected, finding.found, finding.organization_id) == ("0", "7", postpaid.pk)
    BillingAccount.objects.update(**{what: 0})


def test_lines_that_are_not_the_sums_of_their_calls_are_found(
    account: BillingAccount, stripe: Stripe, llama: Model
) -> None:
    use(account, timezone.now())
    line = InvoiceLine.objects.filter(amount__gt=0)[0]
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount + 1)
    assert ("invoice: lines and calls", False) in found(run())
    InvoiceLine.objects.filter(pk=line.pk).update(amount=line.amount)


def test_with_stripe_away_the_books_are_compared_all_the_same(account: BillingAccount, stripe: Stripe) -> None:
    stripe.away()
    first = run()
    assert {what for what, _ in found(first)} == {"Stripe did not answer"}
    assert first.checked == 1
    stripe.away(False)


def test_without_stripe_there_are_only_the_books(account: BillingAccount, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert found(run()) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_next_run_looks_from_where_the_last_complete_one_began(
    account: BillingAccount, stripe: Stripe, is_complete: bool
) -> None:
    bought(account, stripe)
    stripe.webhooks()  # delivered, as far as Stripe knows
    before = timezone.now() + timedelta(hours=2)
    ReconciliationRun.objects.create(started_at=before, ended_at=before if is_complete else None)
    assert ("event: checkout.session.completed" in dict(found(run(hours=3)))) is not is_complete


def test_what_stripe_could_not_deliver_is_found_however_long_ago(account: BillingAccount, stripe: Stripe) -> None:
    stripe.deliveries(dropped=1.0)
    bought(account, stripe)
    before = timezone.now() + timedelta(hours=2)
    ReconciliationRun.objects.create(started_at=before, ended_at=before)
    assert ("event: checkout.session.completed", True) in found(run(hours=3))


def test_the_command_lists_what_it_found_and_fails_while_something_is_open(
    account: BillingAccount, organization: Organization, stripe: Stripe, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("reconcile", organization=organization.slug)
    assert capsys.readouterr().out == "1 checked, 0 found.\n"
    BillingAccount.objects.update(held=7)
    with pytest.raises(CommandError, match="1 open"):
        call_command("reconcile")
    assert f"open     books: held  {account.pk}  0 expected, 7 found" in capsys.readouterr().out
    BillingAccount.objects.update(held=0)


def test_runs_are_kept_ninety_days(account: BillingAccount) -> None:
    for days in (89, 91):
        made = ReconciliationRun.objects.create(started_at=timezone.now() - timedelta(days=days))
        Finding.objects.create(run=made, what="books: held")
    retention.purge()
    assert (ReconciliationRun.objects.count(), Finding.objects.count()) == (1, 1)


def test_foreign_organizations_are_not_in_a_run_of_one(account: BillingAccount, stripe: Stripe) -> None:
    BillingAccount.objects.create(pk=new_id(), mode=Mode.PREPAID, held=7)
    assert found(reconcile(RECONCILER, account.pk)) == []
