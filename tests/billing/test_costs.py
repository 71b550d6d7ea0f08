"""What a month cost, to the pico-dollar: parts agree with the whole, and the whole with the invoice and the journal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, Project
from billing.costs.report import CostReport, per_million
from billing.costs.scope import Scope
from billing.costs.table import HEADER, lines_of_table
from billing.models import Account, BillingAccount, InvoiceLine, Posting
from billing.settlement import settle_calls
from catalog.models import Model, Price
from catalog.money import PICO
from keys.actions import issue_key
from ledger.actor import Actor
from ledger.ids import new_id
from tests.usage.test_recording import call
from usage.actions import record_calls

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
TOKENS = {"prompt_tokens": 1000, "cached_tokens": 400, "completion_tokens": 100}


@pytest.fixture
def account(postpaid: BillingAccount) -> BillingAccount:
    """An account of this summer."""
    postpaid.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    postpaid.save()
    return postpaid


def reprice(model: Model, at: datetime, rate: int) -> None:
    """Give a model another price from a moment on, which set_price does for moments to come alone."""
    last = model.prices.order_by("-version")[0]
    rates = {"input_rate": rate, "cached_input_rate": rate // 2, "output_rate": 2 * rate}
    Price.objects.create(model=model, version=last.version + 1, effective_from=at, **rates)


def settle(organization: Organization, *moments: datetime, **changes: Any) -> None:
    settle_calls(
        [call(organization_id=organization.pk, started_at=moment, **{**TOKENS, **changes}) for moment in moments]
    )


def report(account: BillingAccount, now: datetime = NOW, **scope: Any) -> CostReport:
    return CostReport(Scope(account.pk, now, account=account, **scope))


def hours(count: int) -> Iterator[datetime]:
    """Yield moments all over the month up to now."""
    return (START + timedelta(hours=11 * number, minutes=7) for number in range(count))


def test_the_total_is_that_of_the_invoice_and_of_the_journal_by_each_breakdown(
    account: BillingAccount, organization: Organization, llama: Model
) -> None:
    reprice(llama, datetime(2026, 11, 9, 7, 30, tzinfo=UTC), 777_777)
    for number in range(4):
        settle(organization, *hours(40), project_id=new_id(), key_id=new_id(), cached_tokens=number * 100)
    settle(organization, START - timedelta(hours=1), START + timedelta(days=30))
    found = report(account)
    lines = InvoiceLine.objects.filter(invoice__start=START)
    by_class = dict(lines.values_list("token_class").annotate(Sum("amount")).order_by())
    assert {each.name.value: each.amount for each in found.models[0].classes} == by_class
    assert found.total == sum(by_class.values()) == found.spend.month_to_date
    assert (
        found.total
        == sum(each.amount for each in found.project_parts())
        == sum(each.amount for each in found.key_parts())
    )
    assert found.requests == lines.aggregate(all=Sum("calls"))["all"] // 3 == 160
    booked = Posting.objects.filter(
        account=Account.REVENUE, transaction__reference__in=set(lines.values_list("invoice_id", flat=True))
    )
    assert found.total == -booked.aggregate(all=Sum("amount"))["all"]


def test_classes_have_their_tokens_amounts_and_list_prices_and_what_caching_saved(
    account: BillingAccount, organization: Organization, llama: Model
) -> None:
    settle(organization, *hours(10))
    (model,) = report(account).models
    assert [(each.name.value, each.tokens, each.amount, each.rates) for each in model.classes] == [
        ("input", 6000, 6000 * 180_000, [180_000]),
        ("cached_input", 4000, 4000 * 45_000, [45_000]),
        ("output", 1000, 1000 * 590_000, [590_000]),
    ]
    assert model.saved == 4000 * (180_000 - 45_000)
    assert (model.title, model.tokens) == ("Llama", 11_000)


@pytest.mark.parametrize("minute", [0, 30])
def test_a_price_that_changed_within_the_month_counts_from_its_moment_also_within_an_hour(
    account: BillingAccount, organization: Organization, llama: Model, minute: int
) -> None:
    at = datetime(2026, 11, 9, 7, minute, tzinfo=UTC)
    reprice(llama, at, 1_000_000)
    settle(organization, *(at + timedelta(minutes=offset) for offset in (-10_000, -1, 0, 1, 5_000)))
    (model,) = report(account).models
    assert [each.tokens for each in model.classes] == [3000, 2000, 500]
    assert [each.rates for each in model.classes] == [[180_000, 1_000_000], [45_000, 500_000], [590_000, 2_000_000]]
    assert model.classes[0].amount == 2 * 600 * 180_000 + 3 * 600 * 1_000_000
    assert model.saved == 2 * 400 * 135_000 + 3 * 400 * 500_000
    assert model.amount == sum(each.amount for each in model.classes)


def test_a_model_that_got_its_first_price_after_calls_of_it_has_them_at_no_price(
    account: BillingAccount, organization: Organization
) -> None:
    model = Model.objects.create(name="new", title="New")
    settle(organization, START + timedelta(hours=1, minutes=5), model="new")
    rates = {"input_rate": 1000, "cached_input_rate": 100, "output_rate": 2000}
    Price.objects.create(model=model, version=1, effective_from=START + timedelta(hours=1), **rates)
    settle(organization, START + timedelta(hours=1, minutes=6), model="new")
    (cost,) = report(account).models
    assert [(each.tokens, each.amount) for each in cost.classes] == [(1200, 600_000), (800, 40_000), (200, 200_000)]


def test_a_model_without_a_price_cost_nothing(account: BillingAccount, organization: Organization) -> None:
    settle(organization, NOW, model="unknown")
    found = report(account)
    assert (found.models[0].title, found.total, found.tokens) == ("unknown", 0, 1100)
    assert [each.rates for each in found.models[0].classes] == [[], [], []]


def test_only_what_is_billed_counts_from_the_hour_on_in_which_the_account_was_opened(
    account: BillingAccount, organization: Organization, llama: Model
) -> None:
    opened = datetime(2026, 11, 10, 9, 40, tzinfo=UTC)
    settle(organization, *(opened + timedelta(minutes=offset) for offset in (-60, -30, 30)))
    account.created_at = opened
    found = report(account)
    assert found.requests == sum(each.requests for each in found.key_parts()) == 2
    assert found.total == found.spend.month_to_date


def test_who_is_not_billed_has_the_costs_at_list_price(organization: Organization, llama: Model) -> None:
    record_calls([call(organization_id=organization.pk, **TOKENS)])
    found = CostReport(Scope(organization.pk, NOW))
    assert found.total == 600 * 180_000 + 400 * 45_000 + 100 * 590_000


def test_who_is_limited_to_projects_has_the_costs_of_those_alone(
    account: BillingAccount, organization: Organization, project: Project, llama: Model
) -> None:
    reprice(llama, NOW - timedelta(minutes=10), 5_000)
    settle(organization, NOW - timedelta(minutes=20), NOW, project_id=project.pk)
    settle(organization, NOW, project_id=new_id())
    found = report(account, projects={project.pk})
    assert found.requests == 2
    assert found.total == sum(each.amount for each in found.models[0].classes) == found.spend.month_to_date
    assert [each.name for each in found.project_parts()] == ["Default"]
    assert len(found.key_parts()) == 1


def test_keys_and_projects_come_by_what_they_cost_with_their_names(
    account: BillingAccount, organization: Organization, project: Project, llama: Model
) -> None:
    key, _ = issue_key(Actor.operator(), project=project, name="ci")
    settle(organization, NOW, project_id=project.pk, key_id=key.pk)
    settle(organization, NOW, NOW, project_id=new_id())
    found = report(account)
    assert [(each.name, each.hint) for each in found.key_parts()] == [("", ""), ("ci", key.hint)]
    assert [(each.name, each.hint) for each in found.project_parts()] == [("", ""), ("Default", "default")]
    assert [each.name for each in found.key_parts(1)] == [""]


def test_a_report_takes_as_many_queries_for_many_of_everything(
    account: BillingAccount, organization: Organization, llama: Model
) -> None:
    def queries() -> int:
        found = report(account)
        with CaptureQueriesContext(connection) as asked:
            assert all([found.spend.daily, found.models, found.project_parts(6), found.key_parts(6)])
        return len(asked)

    settle(organization, NOW)
    assert queries() == 5
    for number in range(5):
        other = Model.objects.create(name=f"m{number}", title=f"M{number}")
        Price.objects.create(
            model=other, version=1, effective_from=START, input_rate=1, cached_input_rate=1, output_rate=1
        )
        settle(organization, *hours(5), model=other.name, key_id=new_id(), project_id=new_id())
    assert queries() == 5
    reprice(llama, NOW - timedelta(minutes=10), 5_000)
    settle(organization, NOW - timedelta(minutes=20), NOW)
    assert queries() == 7


@pytest.mark.parametrize(
    ("amount", "tokens", "price"),
    [
        (0, 0, None),
        (0, 10, 0),
        (180_000 * 7, 7, 180_000 * 10**6),
        (1, 3, 0),
        (2 * 10**6, 3, 6_667 * 10**8),
        (10**18, 3, 333_333_333_333_333_333_333_333 // 10**8 * 10**8),
    ],
)
def test_an_effective_price_is_rounded_once_and_exact_before(amount: int, tokens: int, price: int | None) -> None:
    assert per_million(amount, tokens) == price


def test_the_lines_of_each_table_come_to_the_total_with_every_digit(
    account: BillingAccount, organization: Organization, project: Project, llama: Model
) -> None:
    settle(organization, *hours(9), project_id=project.pk)
    settle(organization, *hours(3), project_id=new_id(), key_id=new_id())
    lines = [dict(zip(HEADER, line, strict=True)) for line in lines_of_table(report(account))]
    (total,) = [line for line in lines if line["by"] == "total"]
    for by in ("model", "token_class", "project", "key"):
        some = [line for line in lines if line["by"] == by]
        assert sum(_pico(line["amount_usd"]) for line in some) == _pico(total["amount_usd"]), by
        assert sum(int(line["tokens"]) for line in some) == total["tokens"], by
    (cached,) = [line for line in lines if line["token_class"] == "cached_input"]
    assert (cached["month"], cached["usd_per_million_tokens"]) == ("2026-11", "0.045")
    assert cached["saved_by_caching_usd"] == total["saved_by_caching_usd"] == "0.000648"


def _pico(text: str | int) -> int:
    whole, part = str(text).split(".")
    return int(whole) * PICO + int(part.ljust(12, "0"))
