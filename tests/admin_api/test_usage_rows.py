"""Rows of usage and costs: any span and step, narrowed, page by page, exact to the pico-dollar."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Organization, Project, User
from catalog.models import Model, Price
from keys.actions import issue_key, make_service_account
from keys.models import ApiKey
from ledger.actor import Actor
from tests.admin_api.conftest import Caller
from tests.usage.test_report_page import record
from usage.models import UsageEvent

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator()
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SPAN = {"since": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}


@pytest.fixture
def key(project: Project, owner: User) -> ApiKey:
    return issue_key(OPERATOR, project=project, name="=ci", creator=owner)[0]


def rows(caller: Caller, path: str = "usage/", **query: Any) -> list[dict[str, Any]]:
    """Return all rows, two a page."""
    found, cursor = [], None
    while True:
        answer = caller.ask(path, limit=2, **query, **({"cursor": cursor} if cursor else {})).json()
        found += answer["data"]
        cursor = answer["next_cursor"]
        if cursor is None:
            return found


def test_a_span_is_told_in_steps(olivia: Caller, project: Project, key: ApiKey) -> None:
    for days in (0, 1, 1, 20):
        record(project, key, started_at=NOON + timedelta(days=days))
    days = {each["start"][:10]: each["requests"] for each in rows(olivia, step="day", **SPAN)}
    assert days == {"2026-03-10": 1, "2026-03-11": 2, "2026-03-30": 1}
    (month,) = rows(olivia, step="month", **SPAN)
    assert (month["start"], month["requests"]) == ("2026-03-01T00:00:00Z", 4)
    hours = rows(olivia, step="hour", since="2026-03-11T11:00:00Z", until="2026-03-11T12:00:01Z")
    assert [(each["start"], each["requests"]) for each in hours] == [("2026-03-11T12:00:00Z", 2)]
    answer = olivia.ask("usage/", step="hour", since="2026-03-11T11:30:00Z", until="2026-03-11T12:00:01Z").json()
    assert (answer["start"], answer["end"]) == ("2026-03-11T11:00:00Z", "2026-03-11T13:00:00Z")


def test_minutes_are_told_as_long_as_they_are_kept(olivia: Caller, project: Project, key: ApiKey) -> None:
    at = timezone.now() - timedelta(hours=2)
    record(project, key, 3, started_at=at)
    (minute,) = rows(olivia, step="minute", since=(at - timedelta(minutes=5)).isoformat())
    assert (minute["requests"], minute["start"][:16]) == (3, at.isoformat()[:16])
    answer = olivia.ask("usage/", step="minute", **SPAN)
    assert (answer.status_code, "7 days" in answer.json()["detail"]) == (409, True)


def test_pages_hold_every_row_once(olivia: Caller, project: Project) -> None:
    keys = [issue_key(OPERATOR, project=project, name=f"key {number}")[0] for number in range(5)]
    for number, each in enumerate(keys):
        for day in range(3):
            record(project, each, number + 1, started_at=NOON + timedelta(days=day))
    for step, count in (("day", 15), ("month", 5)):
        found = rows(olivia, group="key", step=step, **SPAN)
        places = [(each["start"], each["group_id"]) for each in found]
        assert (len(places), places) == (count, sorted(set(places)))
        assert sum(each["requests"] for each in found) == 45
    assert {each["group_name"] for each in found} == {f"key {number}" for number in range(5)}
    beyond = olivia.ask("usage/", cursor="999999999-", **SPAN).json()
    assert (beyond["data"], beyond["next_cursor"]) == ([], None)


def test_members_are_told_by_id_alone(olivia: Caller, project: Project, owner: User, key: ApiKey) -> None:
    account = make_service_account(OPERATOR, project=project, name="nightly")
    theirs, _ = issue_key(OPERATOR, project=project, name="theirs", service_account=account)
    record(project, key, started_at=NOON)
    record(project, theirs, 2, started_at=NOON)
    record(project, theirs, 4, started_at=NOON, key_id=uuid4())  # of a key that is gone
    found = {each["group_id"]: (each["requests"], each["group_name"]) for each in rows(olivia, group="member", **SPAN)}
    assert found == {str(owner.pk): (1, ""), str(account.pk): (2, ""), "": (4, "")}


def test_what_narrows_may_come_several_times(olivia: Caller, project: Project, key: ApiKey) -> None:
    for model, status in (("a", 200), ("b", 200), ("c", 200), ("a", 404), ("b", 503)):
        record(project, key, started_at=NOON, model=model, status=status)
    assert [each["group_id"] for each in rows(olivia, model=["a", "b"], status="2xx", **SPAN)] == ["a", "b"]
    statuses = {each["group_id"]: each["errors"] for each in rows(olivia, group="status", model=["a", "b"], **SPAN)}
    assert statuses == {"2xx": 0, "4xx": 1, "5xx": 1}
    assert len(rows(olivia, status=["4xx", "5xx"], key_id=str(key.pk), **SPAN)) == 2
    assert rows(olivia, key_id=str(uuid4()), **SPAN) == []


def test_percentiles_are_within_two_percent(olivia: Caller, project: Project, key: ApiKey) -> None:
    for milliseconds in range(10, 1001, 10):
        record(project, key, started_at=NOON, latency_ms=milliseconds, first_token_ms=milliseconds // 10)
    (row,) = rows(olivia, **SPAN)
    for name, expected in (
        ("latency_p50_ms", 500), ("latency_p95_ms", 950), ("first_token_p50_ms", 50), ("first_token_p95_ms", 95),
    ):  # fmt: skip
        assert row[name] == pytest.approx(expected, rel=0.03)
    record(project, key, started_at=NOON, model="silent")
    (silent,) = rows(olivia, model="silent", **SPAN)
    assert (silent["first_token_p50_ms"], silent["first_token_p95_ms"]) == (None, None)


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"},
        {"since": "2026-03-02T00:00:00Z", "range": "7d"},
        {"until": "2026-03-02T00:00:00Z"},
        {"since": "2001-01-01T00:00:00Z"},
        {"since": "2026-03-01T00:00:00Z", "until": "9999-12-31T00:00:00Z", "step": "hour"},
        {"since": "9999-12-31T23:30:00Z", "until": "9999-12-31T23:59:00Z"},
        {"range": "12m", "step": "minute"},
    ],
)
@pytest.mark.parametrize("path", ["usage/", "costs/", "usage/export/", "usage/events/export/"])
def test_a_span_that_there_is_not_is_refused(olivia: Caller, query: dict[str, str], path: str) -> None:
    if "events" in path and "step" in query:
        query = {name: value for name, value in query.items() if name != "step"} | {"range": "7d", "since": NOON}
    assert olivia.ask(path, **query).status_code == 409


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "1-0"}, {"limit": 1001}, {"status": "200"}, {"step": "week"}, {"model": ""}]
)
def test_what_means_nothing_is_refused(olivia: Caller, query: dict[str, Any]) -> None:
    assert olivia.ask("usage/", **query).status_code == 400


@pytest.fixture
def priced(organization: Organization) -> Model:
    """A model whose price changes at noon of the tenth."""
    model = Model.objects.create(name="llama", title="Llama", upstream_name="llama")
    for version, begins, input_rate in ((1, NOON - timedelta(days=30), 100), (2, NOON + timedelta(minutes=7), 101)):
        Price.objects.create(
            model=model, version=version, effective_from=begins, input_rate=input_rate, cached_input_rate=7,
            output_rate=1_000_003,
        )  # fmt: skip
    return model


def test_costs_are_told_by_class_even_where_a_price_began(
    olivia: Caller, project: Project, key: ApiKey, priced: Model
) -> None:
    for minutes in (-60 * 24, 0, 8):
        record(project, key, started_at=NOON + timedelta(minutes=minutes), cached_tokens=34)
    before, changed = rows(olivia, "costs/", **SPAN)
    assert before["classes"] == {
        "input": {"tokens": 1200, "amount_usd": "0.00000012", "usd_per_million": "0.0001"},
        "cached_input": {"tokens": 34, "amount_usd": "0.000000000238", "usd_per_million": "0.000007"},
        "output": {"tokens": 567, "amount_usd": "0.000567001701", "usd_per_million": "1.000003"},
    }
    assert changed["classes"]["input"] == {"tokens": 2400, "amount_usd": "0.0000002412", "usd_per_million": None}
    assert changed["classes"]["output"]["usd_per_million"] == "1.000003"
    amounts = [each["amount"] for each in UsageEvent.objects.values("amount")]
    (month,) = rows(olivia, "costs/", step="month", group="status", status="2xx", **SPAN)
    assert pico(month["amount_usd"]) == sum(amounts)
    assert sum(pico(each["amount_usd"]) for each in month["classes"].values()) == sum(amounts)


def test_what_calls_would_have_to_tell_is_left_open_when_they_are_gone(
    olivia: Caller, project: Project, key: ApiKey, priced: Model
) -> None:
    for minutes in (0, 8):
        record(project, key, started_at=NOON + timedelta(minutes=minutes))
    UsageEvent.objects.all().delete()
    (row,) = rows(olivia, "costs/", **SPAN)
    assert (row["classes"], row["requests"]) == (None, 2)


def test_this_month_is_told_with_its_forecast(
    olivia: Caller, project: Project, key: ApiKey, priced: Model, otto: Caller
) -> None:
    now = timezone.now()
    for days in range(10):
        record(project, key, started_at=now - timedelta(days=days))
    answer = olivia.ask("costs/month/").json()
    this_month = UsageEvent.objects.filter(started_at__gte=now.replace(day=1, hour=0, minute=0, second=0))
    assert pico(answer["to_date_usd"]) == sum(this_month.values_list("amount", flat=True))
    assert (answer["forecast"]["days"], answer["month"][8:]) == (8, "01T00:00:00Z")
    assert pico(olivia.ask("costs/month/", model="other").json()["to_date_usd"]) == 0
    assert otto.ask("costs/month/").json()["forecast"] is None
    assert otto.ask("costs/month/", project_id=str(project.pk)).status_code == 404


def pico(dollars: str) -> int:
    whole, _, part = dollars.partition(".")
    return int(whole) * 10**12 + int(part.ljust(12, "0"))
