"""Writing off at the command line: an invoice, or debt that stands on none; never more than is owed."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from billing.models import Account, BillingAccount, Invoice, InvoiceStatus, Kind, Posting
from catalog.models import Model
from catalog.money import CENT
from ledger.models import Action, AuditEvent
from tests.support.invoices import NOON, agree, close_november, use

pytestmark = pytest.mark.django_db
OWED = 590


def write_off(organization: Organization, **what: object) -> None:
    call_command("write_off", organization=organization.slug, **what)


@pytest.fixture
def debt(account: BillingAccount, llama: Model) -> BillingAccount:
    """A prepaid organization that owes 5.90 dollars."""
    use(account, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    return account


def test_debt_is_forgiven_in_part(
    debt: BillingAccount, organization: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    write_off(organization, debt="5.00")
    agree(debt)
    assert debt.owed == (OWED - 500) * CENT
    posted = Posting.objects.filter(transaction__kind=Kind.WRITE_OFF).values_list("account", "amount")
    assert dict(posted) == {Account.PROMOTIONS: 500 * CENT, Account.RECEIVABLE: -500 * CENT}
    assert capsys.readouterr().out == "5.00 dollars were written off, $0.90 of debt are left.\n"
    assert AuditEvent.objects.filter(action=Action.DEBT_WRITTEN_OFF).count() == 1


@pytest.mark.parametrize("amount", ["5.91", "0", "-1", "x", "0.001"])
def test_what_is_not_owed_is_not_written_off(debt: BillingAccount, organization: Organization, amount: str) -> None:
    with pytest.raises(CommandError):
        write_off(organization, debt=amount)
    agree(debt)
    assert debt.owed == OWED * CENT


def test_an_invoice_is_void_and_owed_by_nobody(
    postpaid: BillingAccount, organization: Organization, llama: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    use(postpaid, NOON, prompt_tokens=0, cached_tokens=0, completion_tokens=10_000_000)
    close_november(postpaid)
    for _ in range(2):
        write_off(organization, invoice=1)
    agree(postpaid)
    assert (postpaid.owed, Invoice.objects.get().status) == (0, InvoiceStatus.VOID)
    assert "Invoice 1 over $5.90 is void." in capsys.readouterr().out


def test_an_invoice_that_there_is_not_or_of_which_nothing_is_due_is_refused(
    debt: BillingAccount, organization: Organization
) -> None:
    close_november(debt)
    for number, reason in ((1, "Nothing of this invoice"), (2, "no such invoice")):
        with pytest.raises(CommandError, match=reason):
            write_off(organization, invoice=number)
