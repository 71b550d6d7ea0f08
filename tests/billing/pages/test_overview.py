"""The overview: what is there, what was spent, where that leads, and the one thing that needs somebody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change_role, create_project
from accounts.models import Membership, Organization, Project, Role, User
from billing.actions.recharge import set_recharge
from billing.actions.terms import set_cap, set_terms
from billing.invoices.closing import close_now
from billing.models import (
    AutoRecharge,
    BalanceWarning,
    BillingAccount,
    Invoice,
    InvoiceStatus,
    LotKind,
    Mode,
    Origin,
    Suspension,
    TopUp,
    TopUpStatus,
)
from catalog.models import Model
from catalog.money import CENT, PICO
from ledger.actor import Actor
from tests.billing.pages.conftest import ROOT, credit, use
from tests.conftest import _signed_in
from tests.support.invoices import use as use_calls

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()


def figures(client: Client) -> dict[str, tuple[str, str]]:
    """Return the figures at the top: of each name its value and its note."""
    return {str(each.name): (each.value, str(each.note)) for each in client.get(ROOT).context["figures"]}


def said(client: Client) -> str:
    return client.get(ROOT).content.decode()


def test_the_balance_says_how_long_it_lasts_at_the_pace_of_the_last_days(
    account: BillingAccount, as_owner: Client
) -> None:
    credit(account, 100 * PICO)
    for day in range(20):
        use(account, 4 * PICO, timezone.now() - timedelta(days=day))
    assert figures(as_owner)["Balance"] == ("$100.00", "Lasts about 25 days at this pace")


def test_who_owes_reads_that_the_next_credit_pays_it(account: BillingAccount, as_owner: Client) -> None:
    BillingAccount.objects.update(owed=PICO // 10)
    assert figures(as_owner)["Balance"] == ("-$0.10", "Your next credit pays this first")


def test_who_pays_by_invoice_reads_what_is_owed_and_the_limit(account: BillingAccount, as_owner: Client) -> None:
    set_terms(OPERATOR, account.pk, mode=Mode.POSTPAID, limit=500 * PICO)
    BillingAccount.objects.update(owed=12 * PICO)
    assert figures(as_owner)["Owed"] == ("$12.00", "Calls go on up to $500.00")
    assert "Auto-recharge" not in said(as_owner)


def test_two_days_of_usage_make_a_forecast_and_say_of_what_it_is_made(
    account: BillingAccount, as_owner: Client
) -> None:
    assert "Two whole days of usage make one" in said(as_owner)
    for day in range(20):
        use(account, PICO, timezone.now() - timedelta(days=day))
    page = said(as_owner)
    assert "from the last 14 days" in page
    assert "the mean of the last 14 whole days for each day that is left" in page


def test_the_next_invoice_of_who_pays_afterwards_takes_credit_off_and_debt_in(
    account: BillingAccount, as_owner: Client
) -> None:
    set_terms(OPERATOR, account.pk, mode=Mode.POSTPAID)
    credit(account, 3 * PICO)
    BillingAccount.objects.update(owed=7 * PICO)
    use(account, 2 * PICO)
    following = as_owner.get(ROOT).context["next"]
    assert (following["usage"], following["carried"], following["due"]) == ("$2.00", "$5.00", "$7.00")


def test_the_cap_shows_what_is_spent_of_it_and_what_is_foreseen(account: BillingAccount, as_owner: Client) -> None:
    set_cap(OPERATOR, account.pk, 40 * PICO)
    BillingAccount.objects.update(spent=30 * PICO, spent_month=timezone.now().date().replace(day=1))
    meter = as_owner.get(ROOT).context["meter"]
    assert (meter.percent, meter.ahead, meter.cap, meter.tone) == (75, 75, "$40.00", "")


def test_a_cap_of_nothing_is_used_up(account: BillingAccount, as_owner: Client) -> None:
    set_cap(OPERATOR, account.pk, 0)
    full = as_owner.get(ROOT).context["meter"]
    assert (full.percent, full.tone) == (100, "bad")


def test_credits_stand_in_the_order_of_their_use(account: BillingAccount, as_owner: Client) -> None:
    credit(account, PICO, expires_at=timezone.now() + timedelta(days=200))
    credit(account, PICO, expires_at=timezone.now() + timedelta(days=100))
    credit(account, PICO, kind=LotKind.PROMOTIONAL, title="Research grant")
    rows = as_owner.get(ROOT).context["lots"]
    assert rows[0].title == "Research grant"
    assert rows[1].lot.expires_at < rows[2].lot.expires_at


def test_projects_stand_by_their_cost_and_those_beyond_six_together(
    account: BillingAccount, as_owner: Client, organization: Organization
) -> None:
    for number in range(8):
        project = create_project(OPERATOR, organization=organization, name=f"Project {number}")
        use(account, (10 - number) * PICO, project=project.pk)
    rows = as_owner.get(ROOT).context["projects"]
    assert [row.name for row in rows] == [*(f"Project {number}" for number in range(6)), "Other"]
    assert rows[-1].cost == "$7.00"


def test_who_works_in_some_projects_reads_the_names_of_no_other_ones(
    account: BillingAccount, organization: Organization, project: Project, member: User, as_member: Client
) -> None:
    for number in range(2):
        other = create_project(OPERATOR, organization=organization, name=f"Secret {number}")
        use(account, PICO, project=other.pk)
    use(account, PICO, project=project.pk)
    membership = Membership.objects.get(user=member)
    change_role(OPERATOR, membership=membership, role=Role.BILLING, projects={project.pk: Role.VIEWER})
    page = as_member.get(ROOT)
    assert [(row.name, row.cost) for row in page.context["projects"]] == [("Default", "$1.00"), ("Other", "$2.00")]
    assert "Secret" not in page.content.decode()


def test_a_project_that_is_gone_keeps_its_cost(account: BillingAccount, as_owner: Client) -> None:
    use(account, PICO)
    assert [row.name for row in as_owner.get(ROOT).context["projects"]] == ["Deleted"]


def top_up(account: BillingAccount, status: TopUpStatus, failure: str = "") -> TopUp:
    return TopUp.objects.create(
        organization_id=account.pk, cents=50_000, origin=Origin.AUTO, status=status, failure=failure,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip


def suspended(account: BillingAccount) -> None:
    BillingAccount.objects.update(suspended_at=timezone.now())


def failed(account: BillingAccount) -> None:
    top_up(account, TopUpStatus.FAILED, "insufficient-funds")


def waiting(account: BillingAccount) -> None:
    top_up(account, TopUpStatus.PENDING, "confirmation-needed")


def overdue(account: BillingAccount) -> None:
    start = timezone.now() - timedelta(days=60)
    Invoice.objects.create(
        organization_id=account.pk, number=1, status=InvoiceStatus.OPEN, start=start, end=start + timedelta(days=30),
        due=1_300, due_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip


def capped(account: BillingAccount) -> None:
    month = timezone.now().date().replace(day=1)
    BillingAccount.objects.update(cap=PICO, spent=PICO, spent_month=month)


def used_up(account: BillingAccount) -> None:
    BillingAccount.objects.update(owed=200 * PICO)


@pytest.mark.parametrize(
    ("cause", "title", "action"),
    [
        (suspended, "This organization is suspended.", ""),
        (overdue, "Invoice 1 of $13.00 is overdue.", "See the invoice"),
        (failed, "The purchase of $500.00 on", "Update the payment method"),
        (waiting, "Your bank wants a payment of $500.00 confirmed.", "Confirm the payment"),
        (used_up, "The credit is used up.", "Add credit"),
        (capped, "This month’s spend cap of $1.00 is reached.", "Change the cap"),
    ],
)
def test_what_is_wrong_is_said_with_the_action_that_mends_it(
    account: BillingAccount, as_owner: Client, cause: Any, title: str, action: str
) -> None:
    credit(account)
    assert as_owner.get(ROOT).context["banner"] is None
    cause(account)
    banner = as_owner.get(ROOT).context["banner"]
    assert banner.title.startswith(title)
    assert banner.action == action
    assert banner.title in said(as_owner)


def test_a_failure_is_told_until_a_purchase_goes_through(account: BillingAccount, as_owner: Client) -> None:
    credit(account)
    failed(account)
    TopUp.objects.create(
        organization_id=account.pk, cents=500, origin=Origin.CHECKOUT, status=TopUpStatus.PAID,
        expires_at=timezone.now(), paid_at=timezone.now(),
    )  # fmt: skip
    assert as_owner.get(ROOT).context["banner"] is None


def test_a_failure_is_no_news_after_a_week_nor_since_another_purchase_was_paid(
    account: BillingAccount, as_owner: Client
) -> None:
    credit(account)
    earlier = top_up(account, TopUpStatus.CANCELLED)
    failed(account)
    newest = TopUp.objects.latest("pk")
    assert as_owner.get(ROOT).context["banner"]
    TopUp.objects.filter(pk=newest.pk).update(expires_at=timezone.now() - timedelta(days=7, seconds=1))
    assert as_owner.get(ROOT).context["banner"] is None
    TopUp.objects.filter(pk=newest.pk).update(expires_at=timezone.now())
    TopUp.objects.filter(pk=earlier.pk).update(status=TopUpStatus.PAID, paid_at=timezone.now())
    assert as_owner.get(ROOT).context["banner"] is None


def test_who_is_suspended_for_an_invoice_is_led_to_it(account: BillingAccount, as_owner: Client) -> None:
    overdue(account)
    BillingAccount.objects.update(suspended_at=timezone.now(), suspended_for=Suspension.OVERDUE)
    banner = as_owner.get(ROOT).context["banner"]
    assert "until the overdue invoice 1 is paid" in banner.text
    assert banner.url == f"{ROOT}invoices/1/"


def test_the_next_invoice_is_of_what_is_not_billed_yet(account: BillingAccount, as_owner: Client, llama: Model) -> None:
    use_calls(account, timezone.now() - timedelta(seconds=2), completion_tokens=10_000_000)
    before = as_owner.get(ROOT).context["next"]["usage"]
    close_now(OPERATOR, account.pk, now=timezone.now())
    assert (before, as_owner.get(ROOT).context["next"]["usage"]) == ("$5.90", "$0.00")
    use_calls(account, timezone.now(), prompt_tokens=1_000_000, cached_tokens=0, completion_tokens=0)
    assert as_owner.get(ROOT).context["next"]["usage"] == "$0.18"


def test_a_failure_says_why_in_words_and_that_calls_go_on(account: BillingAccount, as_owner: Client) -> None:
    credit(account, 100 * PICO)
    for day in range(20):
        use(account, 4 * PICO, timezone.now() - timedelta(days=day))
    failed(account)
    assert "had not enough money in it" in as_owner.get(ROOT).context["banner"].text
    assert "Lasts about 25 days" in as_owner.get(ROOT).context["banner"].text


def test_auto_recharge_shows_what_it_does_and_why_it_stopped(account: BillingAccount, as_owner: Client) -> None:
    set_recharge(OPERATOR, account.pk, threshold=20_000, amount=50_000, monthly_cap=200_000)
    assert "Below <b>$200.00</b>, add <b>$500.00</b>" in said(as_owner)
    AutoRecharge.objects.update(is_on=False, failures=3)
    assert "3 payments in a row failed" in said(as_owner)


def test_queries_stay_within_thirteen_however_much_there_is(
    account: BillingAccount, as_owner: Client, organization: Organization, django_assert_max_num_queries: Any
) -> None:
    set_recharge(OPERATOR, account.pk, threshold=20_000, amount=50_000, monthly_cap=200_000)
    for number in range(12):
        project = create_project(OPERATOR, organization=organization, name=f"Project {number}")
        use(account, PICO, timezone.now() - timedelta(days=number), project=project.pk)
        credit(account, PICO)
    assert account.credit == 12 * PICO
    with django_assert_max_num_queries(13):
        as_owner.get(ROOT)


def test_the_amounts_of_one_organization_are_on_no_page_of_another(
    account: BillingAccount, as_owner: Client, outsider: Any
) -> None:
    other = BillingAccount.objects.create(pk=Organization.objects.get(slug="outsiders").pk, mode=Mode.PREPAID)
    credit(account, 12_345 * PICO)
    credit(other, 1 * PICO)
    page = _signed_in(outsider).get("/o/outsiders/billing/").content.decode()
    assert "12,345" in said(as_owner)
    assert "12,345" not in page
    assert account.credit == 12_345 * 100 * CENT


def test_little_credit_is_said_before_it_is_used_up_unless_it_is_recharged(
    account: BillingAccount, as_owner: Client
) -> None:
    credit(account, PICO // 2)
    assert "of credit is left." not in said(as_owner)
    BalanceWarning.objects.create(account=account, usual=PICO)
    assert "$0.50 of credit is left." in said(as_owner)
    set_recharge(OPERATOR, account.pk, threshold=500, amount=2500, monthly_cap=5000)
    assert "of credit is left." not in said(as_owner)
