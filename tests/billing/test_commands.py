"""The operator's commands: how an organization pays, and credit that it is given."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from billing.models import BillingAccount, CreditLot, Mode
from catalog.money import PICO
from ledger.models import Action, AuditEvent

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_an_organization_is_billed_from_the_command_on(organization: Organization) -> None:
    assert "credit in advance" in run("set_billing", "--organization", organization.slug, "--mode", "prepaid")
    said = run("set_billing", "--organization", organization.slug, "--mode", "postpaid", "--limit", "250.50")
    assert "a limit of $250.50" in said
    account = BillingAccount.objects.get()
    assert (account.mode, account.limit) == (Mode.POSTPAID, 250_500_000_000_000)
    event = AuditEvent.objects.filter(action=Action.BILLING_TERMS_SET).latest("id")
    assert event.payload == {
        "before_mode": "prepaid", "after_mode": "postpaid", "before_limit": 0, "after_limit": 250_500_000_000_000
    }  # fmt: skip


def test_credit_is_given_and_recorded(organization: Organization, account: BillingAccount) -> None:
    assert "$5.00" in run("give_credit", "--organization", organization.slug, "5", "--title", "Hello", "--days", "30")
    lot = CreditLot.objects.get()
    assert (lot.title, lot.granted) == ("Hello", 5 * PICO)
    assert lot.expires_at
    assert AuditEvent.objects.get(action=Action.CREDIT_GIVEN).payload == {"amount": 5 * PICO}


@pytest.mark.parametrize("amount", ["0", "0.001", "-5", "five", "NaN", "Infinity", "1e400", "1000001"])
def test_an_amount_that_is_none_gives_nothing(organization: Organization, account: BillingAccount, amount: str) -> None:
    with pytest.raises(CommandError):
        run("give_credit", "--organization", organization.slug, "--", amount)
    assert not CreditLot.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("give_credit", "--organization", "nobody", "5"),
        ("give_credit", "--organization", "llamas-of-lisbon", "5", "--days", "0"),
        ("set_billing", "--organization", "nobody", "--mode", "prepaid"),
        ("set_billing", "--organization", "llamas-of-lisbon", "--mode", "prepaid", "--limit", "5"),
    ],
)
def test_what_cannot_be_is_refused(organization: Organization, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_who_is_not_billed_is_given_nothing(organization: Organization) -> None:
    with pytest.raises(CommandError, match="not billed"):
        run("give_credit", "--organization", organization.slug, "5")
