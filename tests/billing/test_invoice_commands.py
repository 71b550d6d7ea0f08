"""The commands: an operator closes an invoice now, and writes one to a file that verifies."""

import io
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from billing.models import BillingAccount, Invoice
from catalog.models import Model
from ledger.actor import Actor
from ledger.models import Action, AuditEvent
from tests.support.invoices import NOON, close_november, exported, use

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def close(organization: Organization, until: str) -> str:
    return run("close_invoice", "--organization", organization.slug, "--until", until)


def test_an_invoice_is_closed_as_of_a_moment_by_the_operator(
    postpaid: BillingAccount, llama: Model, organization: Organization
) -> None:
    use(postpaid, NOON)
    said = close(organization, "2026-11-20T13:00")
    invoice = Invoice.objects.get()
    assert said == f"Invoice 1 is closed: {invoice.hash}\n"
    assert invoice.end == datetime.fromisoformat("2026-11-20T13:00Z")
    assert AuditEvent.objects.get(action=Action.INVOICE_CLOSED).actor == str(Actor.operator())


def test_a_moment_with_its_own_offset_is_taken_as_it_is(
    postpaid: BillingAccount, llama: Model, organization: Organization
) -> None:
    use(postpaid, NOON)
    close(organization, "2026-11-20T14:00+01:00")
    assert Invoice.objects.get().end == datetime.fromisoformat("2026-11-20T13:00Z")


def test_where_nothing_was_used_it_says_so(postpaid: BillingAccount, organization: Organization) -> None:
    assert close(organization, "2026-11-20T13:00") == "Nothing was used.\n"


def test_without_a_moment_it_is_now(postpaid: BillingAccount, llama: Model, organization: Organization) -> None:
    use(postpaid, NOON)
    assert run("close_invoice", "--organization", organization.slug).startswith("Invoice 1 is closed")


@pytest.mark.parametrize(
    ("until", "answer"), [("2999-01-01", "has not come yet"), ("noon", "invalid"), ("2026-11-20T12:00", "try again")]
)
def test_a_moment_that_cannot_be_is_refused(
    postpaid: BillingAccount, llama: Model, organization: Organization, until: str, answer: str
) -> None:
    use(postpaid, NOON)
    with pytest.raises(CommandError, match=answer):
        close(organization, until)
    assert Invoice.objects.drafts().count() == 1


def test_the_export_is_the_bundle(postpaid: BillingAccount, llama: Model, organization: Organization) -> None:
    use(postpaid, NOON)
    invoice = close_november(postpaid)
    assert run("export_invoice", "--organization", organization.slug, "--number", "1") == exported(invoice).decode()


@pytest.mark.parametrize("arguments", [("--organization", "nobody"), ("--organization", "llamas-of-lisbon")])
def test_what_is_not_there_is_not_exported(
    postpaid: BillingAccount, llama: Model, organization: Organization, arguments: tuple[str, ...]
) -> None:
    use(postpaid, NOON)
    with pytest.raises(CommandError, match=r"There is no organization|has no invoice 1"):
        run("export_invoice", *arguments, "--number", "1")
