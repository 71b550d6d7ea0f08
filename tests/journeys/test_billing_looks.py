"""The pages of billing: with credit and without, by invoice, after mistakes, and through a purchase."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Stack
from tests.journeys.looks import LOOKS_OF_MANY, PHONE, faults_in, faults_of, goto_whole, opened, too_wide_in

# Organizations of which the pages have the most, the worst and the least to show. Prints their slugs.
_ORGANIZATIONS = """
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from accounts.actions import create_organization, create_project
from accounts.models import User
from billing.accounts import lock_account
from billing.actions.balance_warning import set_balance_warning
from billing.actions.promotions import give_promotion
from billing.actions.recharge import set_recharge
from billing.actions.terms import set_cap, set_terms
from billing.credit import give_credit
from billing.invoices.closing import close_now
from billing.models import AutoRecharge, BillingAccount, LotKind, Mode, Origin, TopUp, TopUpStatus
from billing.settlement import settle_calls
from catalog.models import Model
from catalog.money import PICO
from ledger.actor import Actor
from ledger.ids import new_id
from usage.calls import Call, Outcome
now, operator = timezone.now(), Actor.operator()
owner = User.objects.filter(is_demo=True).first()
model = Model.objects.filter(prices__isnull=False).first().name

def used(organization, days):
    projects = [create_project(operator, organization=organization, name="W" * 76 + str(n)) for n in range(8)]
    settle_calls([
        Call(id=new_id(), organization_id=organization.pk, project_id=project.pk, key_id=new_id(), model=model,
             started_at=now - timedelta(days=day, minutes=1), status=200, outcome=Outcome.COMPLETED,
             prompt_tokens=10**8, cached_tokens=10**6, completion_tokens=10**7, latency_ms=1, first_token_ms=1,
             estimated=False)
        for day in range(days) for project in projects
    ])

def billed(name, mode, **terms):
    organization = create_organization(operator, name=name, owner=owner)
    set_terms(operator, organization.pk, mode=mode, **terms)
    BillingAccount.objects.filter(pk=organization.pk).update(created_at=now - timedelta(days=99))
    return organization

arrears = billed("Arrears", Mode.POSTPAID, limit=9_000 * PICO)
for number in range(7):
    give_promotion(operator, arrears.pk, amount=(number + 1) * PICO, title="W" * 80, expires_at=now + timedelta(days=5))
used(arrears, 20)
set_cap(operator, arrears.pk, 8_000_000 * PICO)
close_now(operator, arrears.pk, now=timezone.now())

failed = billed("Failed " + "W" * 70, Mode.PREPAID)
give_promotion(operator, failed.pk, amount=900_000 * PICO, title="Large", expires_at=now + timedelta(hours=9))
used(failed, 3)
set_cap(operator, failed.pk, PICO)
set_recharge(operator, failed.pk, threshold=100, amount=50_000, monthly_cap=200_000)
AutoRecharge.objects.filter(pk=failed.pk).update(is_on=False, failures=3)
purchases = [
    TopUp.objects.create(organization_id=failed.pk, cents=50_000, origin=Origin.AUTO, status=status, failure=failure,
                         paid_at=now if status == TopUpStatus.PAID else None, expires_at=now)
    for status, failure in ((TopUpStatus.PAID, ""), (TopUpStatus.EXPIRED, ""), (TopUpStatus.PENDING, ""),
                            (TopUpStatus.FAILED, "insufficient-funds"))
]
waiting = billed("Waiting", Mode.PREPAID)
TopUp.objects.create(organization_id=waiting.pk, cents=50_000, origin=Origin.AUTO, failure="confirmation-needed",
                     expires_at=now + timedelta(days=1))
empty = billed("Empty", Mode.PREPAID)

buying = billed("Buying", Mode.PREPAID)
for status, at_stripe in ((TopUpStatus.PAID, {"stripe_invoice": "in_1", "stripe_payment": "pi_1"}),
                          (TopUpStatus.PENDING, {"stripe_session": "cs_1", "stripe_payment": "pi_2"})):
    last = TopUp.objects.create(organization_id=buying.pk, cents=50_000, origin=Origin.CHECKOUT, status=status,
                                paid_at=now if status == TopUpStatus.PAID else None, expires_at=now, **at_stripe)
    if status == TopUpStatus.PAID:
        with transaction.atomic():
            lot = give_credit(lock_account(buying.pk), LotKind.PAID, 500 * PICO, key=f"topup:{last.pk}",
                              reference=last.pk, expires_at=now + timedelta(days=365))
used(buying, 1)
set_balance_warning(operator, buying.pk, threshold=10)
slugs = [each.slug for each in (arrears, failed, waiting, empty, buying)]
print(*slugs, lot.pk, last.pk, *(purchase.pk for purchase in purchases))
"""
_PAGES = [
    "",
    "credit/",
    "credits/",
    "credits/?state=past",
    "purchases/",
    "invoices/",
    "ledger/",
    "ledger/?kind=refund",
    "cap/",
    "auto-recharge/",
    "balance-warning/",
    "payment-methods/",
    "payment-methods/shown/",
    "payment-methods/portal/",
    "tax/",
    "tax/shown/",
]


@pytest.fixture(scope="module")
def pages(stack: Stack) -> list[str]:
    """Addresses of all that there is to look at."""
    printed = stack.manage("shell", "-v", "0", "-c", _ORGANIZATIONS).split()[-11:]
    arrears, failed, waiting, empty, buying, lot, under_way, *purchases = printed
    roots = [f"/o/{slug}/billing/" for slug in (arrears, failed, waiting, empty, buying)]
    return [
        *(f"/o/{stack.demo['organization']}/billing/{page}" for page in _PAGES),
        *(f"{roots[0]}invoices/{page}" for page in ("", "1/")),
        *(root + page for root in (roots[0], roots[3]) for page in ("", "credits/", "ledger/", "auto-recharge/")),
        *roots[1:3],
        f"/o/{failed}/",
        f"{roots[1]}auto-recharge/",
        *(f"{roots[1]}credit/{purchase}/" for purchase in purchases),
        f"{roots[1]}credit/{purchases[2]}/?left=1",
        *(f"{roots[0]}{page}" for page in ("credit/", "purchases/")),
        f"{roots[1]}purchases/",
        *(f"{roots[4]}{page}" for page in ("", "purchases/", f"credits/{lot}/", f"credits/{lot}/refund/")),
        f"{roots[4]}credit/{under_way}/",
        f"/o/{buying}/settings/deletion/",
        *(f"/o/{slug}/costs/" for slug in (arrears, empty)),
    ]


def test_every_page_of_billing_is_accessible_and_fits(
    browser: Browser, stack: Stack, state: Any, pages: list[str]
) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in pages:
            goto_whole(page, path)
            faults += faults_in(page, path, LOOKS_OF_MANY) + too_wide_in(page, path)
    assert faults == []


@pytest.fixture
def german(stack: Stack) -> Iterator[None]:
    language = "from accounts.models import User; User.objects.filter(is_demo=True).update(language='{}')"
    stack.manage("shell", "-v", "0", "-c", language.format("de"))
    yield
    stack.manage("shell", "-v", "0", "-c", language.format("en"))


@pytest.mark.usefixtures("german")
def test_every_page_of_billing_fits_in_german(browser: Browser, stack: Stack, state: Any, pages: list[str]) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state) as page:
        for path in pages:
            goto_whole(page, path)
            assert page.locator("html").get_attribute("lang") == "de"
            faults += faults_in(page, path, [("light", 390)]) + too_wide_in(page, path)
    assert faults == []


@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [("cap/", "cap", "five"), ("credit/", "other", "4.99"), ("auto-recharge/", "monthly_cap", "1")],
)
def test_a_mistake_is_said_beside_its_field(
    browser: Browser, stack: Stack, state: Any, path: str, field: str, typed: str
) -> None:
    faults: list[str] = []
    with opened(browser, stack, faults, storage_state=state, viewport=PHONE) as page:
        page.goto(f"/o/{stack.demo['organization']}/billing/{path}")
        page.locator(f"[name={field}]").fill(typed)
        page.locator("main button.primary").click()
        page.locator(f"[name={field}][aria-invalid=true]").wait_for()
        found = faults_of(page, path)
    assert found == []
    assert [fault for fault in faults if "422" not in fault] == []


def test_the_chart_is_read_by_keys(page: Page, stack: Stack, state: Any, context: Any) -> None:
    context.add_cookies(state["cookies"])
    page.goto(f"/o/{stack.demo['organization']}/billing/")
    page.locator("#chart").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".aloud").inner_text()
    page.keyboard.press("ArrowRight")
    assert "$" in first
    assert page.locator(".aloud").inner_text() != first
