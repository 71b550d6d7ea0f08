"""What an organization cannot pay for is refused before the model server hears of it, and the answer names the rule."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from billing.permits import Permit, Refused
from billing.purses import Funding, Purse
from gateway import worst_case
from gateway.estimate import measure
from keys.refusal_rules import PRIVATE
from tests.gateway import upstream as model_server
from tests.gateway.conftest import MAX_COMPLETION, House, settled
from tests.gateway.fakes import INPUT_RATE, MEMBER, OUTPUT_RATE, eventually, question

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"
ACCOUNT = Purse(MEMBER.organization_id)
PLENTY = 1_000_000_000_000  # pico-dollars: more than any call here costs


def most_tokens(request: dict[str, Any]) -> int:
    return worst_case.prompt_tokens(measure(request))


@pytest.fixture
def poor(house: House) -> House:
    """Mira's organization pays in advance and has nothing."""
    house.rooms.funding = Funding((ACCOUNT,))
    house.rooms.refusal = Refused(Permit.NO_CREDIT, limit=7, counter=2)
    settled(house.rooms)
    return house


@pytest.fixture
def rich(poor: House) -> House:
    poor.rooms.money[ACCOUNT] = PLENTY
    return poor


@pytest.mark.parametrize("path", [NATIVE, COMPAT])
@pytest.mark.parametrize(
    ("refused", "rule", "code"),
    [
        (Permit.NO_CREDIT, "organization.credit", "insufficient_credit"),
        (Permit.OVER_LIMIT, "organization.credit_limit", "credit_limit_reached"),
        (Permit.OVER_CAP, "organization.spend_cap", "spend_cap_reached"),
        (Permit.SUSPENDED, "organization.suspended", "billing_suspended"),
        (Permit.OVER_BUDGET, "organization.budget", "budget_reached"),
    ],
)
def test_a_call_that_cannot_be_paid_for_is_a_402_with_its_rule(
    poor: House, mira: httpx.Client, path: str, refused: Permit, rule: str, code: str
) -> None:
    poor.rooms.refusal = Refused(refused, limit=7, counter=2, resets_at=datetime(2030, 1, 1, tzinfo=UTC))
    answer = mira.post(path, json=question())
    assert answer.status_code == 402
    told = answer.json() if path == NATIVE else answer.json()["error"]
    figures = {"limit": "7", "used": "2", "unit": "picodollars"}
    expected = {"rule": rule, "resets_at": "2030-01-01T00:00:00+00:00", **figures}
    if rule in PRIVATE:  # the organization's money is for who sees its billing, and a key may be in anybody's hands
        expected |= dict.fromkeys(figures)
    assert {name: told.get(name) for name in expected} == expected
    assert told["url"].endswith(f"/blocked/?request={answer.headers['x-request-id']}")
    assert answer.headers["x-refused-by"] == rule
    assert (code in answer.text) == (path == COMPAT)  # the Llama API's errors have no codes
    assert poor.upstream.requests == []
    assert poor.rooms.calls == {}


def test_who_is_suspended_makes_no_call_that_costs_nothing_either(house: House, mira: httpx.Client) -> None:
    house.rooms.funding = Funding((), suspended=True)
    settled(house.rooms)
    answer = mira.post(NATIVE, json=question())
    assert (answer.status_code, answer.json()["rule"]) == (402, "organization.suspended")


def test_a_held_call_asks_the_model_for_no_more_than_is_held(rich: House, mira: httpx.Client) -> None:
    mira.post(NATIVE, json=question())
    mira.post(NATIVE, json=question(max_completion_tokens=7))
    assert [asked.body["max_tokens"] for asked in rich.upstream.requests] == [MAX_COMPLETION, 7]


def test_a_call_takes_its_worst_case_with_it_and_names_its_hold(rich: House, mira: httpx.Client) -> None:
    mira.post(NATIVE, json=question(max_completion_tokens=7))
    call = rich.rooms.only_call()
    (hold_id,) = call.holds
    assert call.held == most_tokens(question()) * INPUT_RATE + 7 * OUTPUT_RATE
    rich.rooms.changed += 1
    eventually(lambda: rich.rooms.held[hold_id] == call.held)  # the rest went back


def test_purses_cover_a_call_together_or_not_at_all(rich: House, mira: httpx.Client) -> None:
    budget = Purse(MEMBER.organization_id, UUID(int=12), "key")
    rich.rooms.funding = Funding((ACCOUNT, budget))
    rich.rooms.refusal = Refused(Permit.OVER_BUDGET, limit=1, counter=0)
    settled(rich.rooms)
    answer = mira.post(NATIVE, json=question())
    assert (answer.status_code, answer.json()["rule"]) == (402, "key.budget")
    rich.rooms.money[budget] = PLENTY
    settled(rich.rooms)
    eventually(lambda: rich.rooms.money[ACCOUNT] == PLENTY)
    mira.post(NATIVE, json=question())
    assert len(rich.rooms.only_call().holds) == 2


def test_a_call_for_which_nothing_is_held_is_passed_on_as_it_is(house: House, mira: httpx.Client) -> None:
    mira.post(NATIVE, json=question())
    assert "max_tokens" not in house.upstream.requests[0].body


def test_the_share_of_a_call_that_fails_is_told_to_its_settlement(rich: House, mira: httpx.Client) -> None:
    rich.upstream.behaviour = model_server.reset
    mira.post(NATIVE, json=question())
    call = rich.rooms.only_call()
    assert (call.prompt_tokens, call.held > 0) == (0, True)


def test_a_database_that_is_away_holds_nothing_and_lets_nothing_through(poor: House, mira: httpx.Client) -> None:
    poor.rooms.away = True
    assert mira.post(NATIVE, json=question()).status_code == 503
    assert poor.upstream.requests == []


@pytest.mark.parametrize("text", ["Where is the Louvre?", "ü" * 100, "\U0001f999" * 50, ""])
def test_a_prompt_has_at_most_as_many_tokens_as_bytes_and_a_little(text: str) -> None:
    most = most_tokens({"messages": [{"role": "user", "content": text}]})
    assert len(text.encode()) < most < len(text.encode()) + 300


def test_each_image_counts() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    few, many = (most_tokens({"messages": [{"role": "user", "content": [image] * n}]}) for n in (1, 3))
    assert many - few == 2 * 4096


def test_what_is_empty_counts_for_what_a_template_writes_around_it() -> None:
    call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    few, many = (most_tokens({"messages": [{"role": "assistant", "tool_calls": [call] * n}]}) for n in (1, 101))
    assert many - few == 100 * 16
    few, many = (
        most_tokens({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}] * n}]}) for n in (1, 101)
    )
    assert many - few == 100 * 2


def test_tools_count_as_a_template_indents_them() -> None:
    schema = {"enum": [1] * 1000}
    tool = {"type": "function", "function": {"name": "tool", "parameters": schema}}
    bare = {"messages": [{"role": "user", "content": "Hi"}]}
    indented = 3 * len(schema["enum"])  # each number, its comma with the line break, and the spaces before it
    assert most_tokens({**bare, "tools": [tool]}) - most_tokens(bare) > indented
