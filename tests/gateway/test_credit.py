"""What an organization cannot pay for is refused before the model server hears of it, and the answer names the rule."""

import httpx
import pytest

from billing.permits import Permit
from gateway import worst_case
from gateway.errors import refused
from tests.gateway.conftest import MAX_COMPLETION, House
from tests.gateway.fakes import question

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"


@pytest.mark.parametrize("path", [NATIVE, COMPAT])
@pytest.mark.parametrize(
    ("permit", "code"),
    [
        (Permit.NO_CREDIT, "insufficient_credit"),
        (Permit.OVER_LIMIT, "credit_limit_reached"),
        (Permit.OVER_CAP, "spend_cap_reached"),
        (Permit.SUSPENDED, "billing_suspended"),
    ],
)
def test_a_call_that_cannot_be_paid_for_is_a_402_with_its_rule(
    house: House, mira: httpx.Client, path: str, permit: Permit, code: str
) -> None:
    house.rooms.permits = permit
    answer = mira.post(path, json=question())
    assert answer.status_code == 402
    assert refused(permit).message in answer.text
    assert (code in answer.text) == (path == COMPAT)  # the Llama API's errors have no codes
    assert house.upstream.requests == []
    assert house.rooms.calls == {}


def test_every_reason_to_refuse_has_its_answer() -> None:
    assert {refused(permit).status for permit in Permit if not permit.is_given} == {402}


def test_a_held_call_asks_the_model_for_no_more_than_is_held(house: House, mira: httpx.Client) -> None:
    house.rooms.permits = Permit.HELD
    mira.post(NATIVE, json=question())
    mira.post(NATIVE, json=question(max_completion_tokens=7))
    assert [asked.body["max_tokens"] for asked in house.upstream.requests] == [MAX_COMPLETION, 7]
    assert [completion for _, completion in house.rooms.asked_permits] == [MAX_COMPLETION, 7]


def test_a_call_for_which_nothing_is_held_is_passed_on_as_it_is(house: House, mira: httpx.Client) -> None:
    mira.post(NATIVE, json=question())
    assert "max_tokens" not in house.upstream.requests[0].body


def test_a_database_that_is_away_holds_nothing_and_lets_nothing_through(house: House, mira: httpx.Client) -> None:
    house.rooms.away = True
    assert mira.post(NATIVE, json=question()).status_code == 503
    assert house.upstream.requests == []


@pytest.mark.parametrize("text", ["Where is the Louvre?", "ü" * 100, "\U0001f999" * 50, ""])
def test_a_prompt_has_at_most_as_many_tokens_as_bytes_and_a_little(text: str) -> None:
    most = worst_case.prompt_tokens({"messages": [{"role": "user", "content": text}]})
    assert len(text.encode()) < most < len(text.encode()) + 300


def test_each_image_counts() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    few, many = (worst_case.prompt_tokens({"messages": [{"role": "user", "content": [image] * n}]}) for n in (1, 3))
    assert many - few == 2 * 4096


def test_what_is_empty_counts_for_what_a_template_writes_around_it() -> None:
    call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    few, many = (
        worst_case.prompt_tokens({"messages": [{"role": "assistant", "tool_calls": [call] * n}]}) for n in (1, 101)
    )
    assert many - few == 100 * 16
    few, many = (
        worst_case.prompt_tokens({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}] * n}]})
        for n in (1, 101)
    )
    assert many - few == 100 * 2


def test_tools_count_as_a_template_indents_them() -> None:
    schema = {"enum": [1] * 1000}
    tool = {"type": "function", "function": {"name": "tool", "parameters": schema}}
    bare = {"messages": [{"role": "user", "content": "Hi"}]}
    indented = 3 * len(schema["enum"])  # each number, its comma with the line break, and the spaces before it
    assert worst_case.prompt_tokens({**bare, "tools": [tool]}) - worst_case.prompt_tokens(bare) > indented
