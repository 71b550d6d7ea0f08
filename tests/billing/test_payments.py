"""What becomes of an invoice: paid once, void, or given up; the books agree after each."""

import pytest

from billing.errors import BillingError
from billing.invoices.payments import mark_paid, mark_uncollectible, mark_void
from billing.models import Account, BillingAccount, Invoice, InvoiceStatus, Kind, Mode, Posting
from catalog.models import Model
from ledger.actor import Actor
from ledger.ids import new_id
from ledger.models import Action, AuditEvent
from tests.support.invoices import AFTER, NOON, agree, close_november, use

pytestmark = pytest.mark.django_db
STRIPE = Actor.system("stripe")


@pytest.fixture
def invoice(postpaid: BillingAccount, llama: Model) -> Invoice:
    """18 cents are due."""
    use(postpaid, NOON, prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    return close_november(postpaid)


def test_a_payment_settles_it_once(postpaid: BillingAccount, invoice: Invoice) -> None:
    for _ in range(2):
        mark_paid(STRIPE, postpaid, invoice, key="payment:1", at=AFTER)
    agree(postpaid)
    assert (postpaid.owed, invoice.status, invoice.paid_at) == (0, InvoiceStatus.PAID, AFTER)
    posted = Posting.objects.filter(transaction__kind=Kind.PAYMENT).values_list("account", "amount")
    assert dict(posted) == {Account.CLEARING: 18 * 10**10, Account.INVOICED: -18 * 10**10}
    assert AuditEvent.objects.filter(action=Action.INVOICE_PAID, target=invoice.pk).count() == 1


def test_a_void_one_is_owed_by_nobody(postpaid: BillingAccount, invoice: Invoice) -> None:
    for _ in range(2):
        mark_void(STRIPE, postpaid, invoice, key="void:1", at=AFTER)
    agree(postpaid)
    assert (postpaid.owed, invoice.status) == (0, InvoiceStatus.VOID)


def test_one_that_is_given_up_is_owed_all_the_same_and_may_be_paid_later(
    postpaid: BillingAccount, invoice: Invoice
) -> None:
    for _ in range(2):
        mark_uncollectible(STRIPE, postpaid, invoice)
    agree(postpaid)
    assert (postpaid.owed > 0, invoice.status) == (True, InvoiceStatus.UNCOLLECTIBLE)
    mark_paid(STRIPE, postpaid, invoice, key="payment:1", at=AFTER)
    agree(postpaid)
    assert postpaid.owed == 0


def test_what_is_paid_or_void_is_not_paid_again_under_another_key(postpaid: BillingAccount, invoice: Invoice) -> None:
    mark_paid(STRIPE, postpaid, invoice, key="payment:1", at=AFTER)
    for again in (
        lambda: mark_paid(STRIPE, postpaid, invoice, key="payment:2", at=AFTER),
        lambda: mark_void(STRIPE, postpaid, invoice, key="void:1", at=AFTER),
        lambda: mark_uncollectible(STRIPE, postpaid, invoice),
    ):
        with pytest.raises(BillingError, match="status"):
            again()
    agree(postpaid)


def test_drafts_and_invoices_of_others_are_not_paid(postpaid: BillingAccount, llama: Model) -> None:
    use(postpaid)
    draft = Invoice.objects.get()
    other = BillingAccount.objects.create(pk=new_id(), mode=Mode.POSTPAID, limit=None)
    for account in (postpaid, other):
        with pytest.raises(BillingError, match="status"):
            mark_paid(STRIPE, account, draft, key="payment:1", at=AFTER)
