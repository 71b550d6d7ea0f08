"""What is counted when the model server does not count: as right as can be, and never for free."""

import asyncio
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from gateway.answers import read_chunk
from gateway.estimate import Measure, Ratios, measure, prompt_tokens
from gateway.meter import Meter, Usage
from tests.gateway import upstream as model_server
from tests.gateway.conftest import House, settled
from tests.gateway.fakes import MEMBER, MEMBER_KEY, eventually, question
from tests.gateway.upstream import begins, chunk, completion


def asks(text: str) -> Measure:
    return measure({"messages": [{"role": "user", "content": text}]})


def test_signs_are_dearer_than_words_of_the_same_length() -> None:
    words, signs = prompt_tokens(asks("abcdefg " * 500)), prompt_tokens(asks("{[:;,.!?" * 500))
    assert words == 1004
    assert signs > 1.8 * words
    assert prompt_tokens(asks("Well, that is it. " * 100)) == 454  # as people write, nothing is added


def test_a_model_s_own_way_of_counting_is_learned_from_what_it_reports() -> None:
    ratios = Ratios()
    asked = asks("abcd" * 100)
    for _ in range(15):
        ratios.learn("dense", asked, 204)
        assert ratios.ratio("dense") == 1.0
    for _ in range(40):
        ratios.learn("dense", asked, 204)
    assert ratios.ratio("dense") == pytest.approx(2.0)
    assert prompt_tokens(asked, ratios.ratio("dense")) == 204
    assert ratios.ratio("other") == 1.0


def test_nothing_absurd_is_learned() -> None:
    ratios = Ratios()
    for _ in range(30):
        ratios.learn("much", asks("abcd" * 100), 10_000_000)
        ratios.learn("none", asks("abcd" * 100), 0)
    assert (ratios.ratio("much"), ratios.ratio("none")) == (4.0, 0.5)


def test_older_calls_fade() -> None:
    ratios = Ratios()
    for reported in (104, 304):
        for _ in range(1000):
            ratios.learn("llama", asks("abcd" * 100), reported)
    assert ratios.ratio("llama") == pytest.approx(3.0, rel=0.2)


def test_a_call_that_breaks_off_is_estimated_by_what_the_model_reported_before(
    mira: httpx.Client, house: House
) -> None:
    asked = question(messages=[{"role": "user", "content": "abcd" * 100}])
    counted = {"prompt_tokens": 304, "completion_tokens": 1}
    house.upstream.behaviour = lambda exchange: exchange.json(completion("x", usage=counted))
    for _ in range(20):
        mira.post("/v1/chat/completions", json=asked)
    eventually(lambda: len(house.rooms.calls) == 20)
    house.rooms.calls.clear()
    house.upstream.behaviour = begins(model_server.reset)
    mira.post("/v1/chat/completions", json=asked | {"stream": True})
    call = house.rooms.only_call()
    assert (call.prompt_tokens, call.estimated) == (304, True)


def test_nobody_s_prompts_change_what_others_are_charged(mira: httpx.Client, house: House) -> None:
    asked = question(messages=[{"role": "user", "content": "abcd" * 100}])
    odd = {"prompt_tokens": 404, "completion_tokens": 1}
    house.upstream.behaviour = lambda exchange: exchange.json(completion("x", usage=odd))
    house.rooms.callers[MEMBER_KEY] = replace(MEMBER, organization_id=UUID(int=2))
    settled(house.rooms)
    for _ in range(20):
        mira.post("/v1/chat/completions", json=asked)
    eventually(lambda: len(house.rooms.calls) == 20)
    house.rooms.calls.clear()
    house.rooms.callers[MEMBER_KEY] = MEMBER
    settled(house.rooms)
    house.upstream.behaviour = begins(model_server.reset)
    mira.post("/v1/chat/completions", json=asked | {"stream": True})
    assert house.rooms.only_call().prompt_tokens == 104


def test_what_was_learned_finds_room() -> None:
    ratios = Ratios(most=3)
    for number in range(5):
        ratios.learn(number, asks("a"), 5)
    assert len(ratios._sums) == 3


def test_what_the_upstream_reports_with_each_piece_counts_when_the_stream_breaks_off(
    mira: httpx.Client, house: House
) -> None:
    async def report(exchange: model_server.Exchange) -> None:
        usage = {"prompt_tokens": 77, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 32}}
        await exchange.event({**chunk("three tokens at once"), "usage": usage})
        await asyncio.sleep(0.02)
        exchange.reset()

    house.upstream.behaviour = begins(report)
    mira.post("/v1/chat/completions", json=question(stream=True))
    call = house.rooms.only_call()
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (77, 32, 9)
    assert call.estimated


def test_a_report_in_between_never_lowers_what_was_seen() -> None:
    meter = Meter(asks("abcd"))
    for number in range(6):
        reported = b'{"prompt_tokens":50,"completion_tokens":1}'
        meter.take_chunk(read_chunk(b'{"choices":[{"delta":{"content":"w%d"}}],"usage":%s}' % (number, reported)))
    assert meter.usage == Usage(50, 0, 6, estimated=True)
