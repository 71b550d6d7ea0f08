"""What happens at the same moment to invoices. Each test names the lock or constraint that it proves.

On SQLite every writing transaction takes the one write lock first (IMMEDIATE), which serves as all of them.
"""

from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import transaction

from accounts.models import Organization
from billing.accounts import lock_account
from billing.actions.terms import set_terms
from billing.errors import BillingError
from billing.invoices.closing import close_due, close_now
from billing.invoices.payments import mark_paid
from billing.models import BillingAccount, Invoice, InvoiceStatus, Mode, Transaction
from billing.settlement import settle_calls
from catalog.models import Model
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from notifications.models import OutboxMessage
from tests.billing.conftest import llama  # noqa: F401  a fixture
from tests.support.at_once import ROUNDS, THREADS, at_once
from tests.support.invoices import AFTER, NOON, agree, use
from tests.usage.test_recording import call
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor.operator()


@pytest.fixture
def account(organization: Organization, llama: Model) -> BillingAccount:  # noqa: F811
    return set_terms(OPERATOR, organization.pk, mode=Mode.POSTPAID)


def test_a_draft_is_closed_once_by_the_accounts_lock(account: BillingAccount) -> None:
    use(account, NOON, prompt_tokens=1_000_000)
    results = at_once(*[lambda: close_due(AFTER)] * THREADS)
    assert not [each for each in results if isinstance(each, Exception)]
    assert (Invoice.objects.count(), Invoice.objects.get().number) == (1, 1)
    assert AuditEvent.objects.filter(action=Action.INVOICE_CLOSED).count() == 1
    assert OutboxMessage.objects.filter(kind="invoice-ready").count() == 1
    agree(account)


def test_a_call_is_on_the_invoice_or_the_next_and_never_lost_between_by_the_accounts_lock(
    account: BillingAccount,
) -> None:
    for month in range(1, ROUNDS + 1):
        began = datetime(2026, month, 20, tzinfo=NOON.tzinfo)
        use(account, began)
        batches = [[call(organization_id=account.pk, started_at=began) for _ in range(5)] for _ in range(THREADS)]
        settling = [lambda batch=batch: settle_calls(batch) for batch in batches]
        results = at_once(lambda began=began: close_due(began + timedelta(days=20)), *settling)
        assert results[1:] == [5] * THREADS
        assert results[0] >= 1
        agree(account)
    close_due(AFTER + timedelta(days=99))
    assert UsageEvent.objects.filter(billed_in__in=Invoice.objects.closed().values("pk")).count() == ROUNDS * 41
    agree(account)


def test_interim_closes_and_calls_at_once_leave_each_call_on_one_invoice_by_the_accounts_lock(
    account: BillingAccount,
) -> None:
    minutes, calls = count(1), [call(organization_id=account.pk, started_at=NOON) for _ in range(THREADS)]

    def close() -> int:
        try:
            return int(close_now(OPERATOR, account.pk, now=NOON + timedelta(minutes=next(minutes))) is not None)
        except BillingError as error:  # somebody else ended a later one meanwhile
            if error.code not in ("clock", "order"):
                raise
            return 0

    results = at_once(*[work for each in calls for work in (close, lambda each=each: settle_calls([each]))])
    assert not [each for each in results if isinstance(each, Exception)]
    agree(account)
    close_due(AFTER)
    numbers = list(Invoice.objects.order_by("start").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert UsageEvent.objects.filter(billed_in__isnull=False).count() == THREADS
    agree(account)


def test_an_invoice_is_paid_once_by_the_accounts_lock(account: BillingAccount) -> None:
    use(account, NOON, prompt_tokens=1_000_000)
    close_due(AFTER)

    def pay(key: str) -> None:
        with transaction.atomic():
            mark_paid(OPERATOR, lock_account(account.pk), Invoice.objects.get(), key=key, at=AFTER)

    results = at_once(*[lambda: pay("payment:1"), lambda: pay("payment:2")] * (THREADS // 2))
    assert {type(each) for each in results} == {type(None), BillingError}
    assert Transaction.objects.filter(kind="payment").count() == 1
    assert Invoice.objects.get().status == InvoiceStatus.PAID
    agree(account)
