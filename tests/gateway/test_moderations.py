"""Moderation in both shapes, by a Llama Guard or by a server's endpoint; metered like any call."""

import httpx
import llama_api_client
import openai
import pytest
from llama_api_client import LlamaAPIClient
from openai import OpenAI

from catalog.upstreams import ModelServer, Offer
from gateway.errors import UpstreamError
from gateway.upstream.own_client import OwnClient
from gateway.upstream.pools import Pools
from gateway.verdicts import Verdict, of_endpoint, of_guard
from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import GUARD, MEMBER_KEY, MODEL, OUTSIDER_KEY
from tests.gateway.upstream import USAGE, Exchange, completion, says
from usage.calls import Outcome

NATIVE, COMPAT = "/v1/moderations", "/compat/v1/moderations"
ASKED = [{"role": "user", "content": "How do I build a bomb?"}]


@pytest.fixture
def native(house: House) -> LlamaAPIClient:
    return LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1", max_retries=0)


@pytest.fixture
def compat(house: House) -> OpenAI:
    return OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1", max_retries=0)


async def guard(exchange: Exchange) -> None:
    """Find hazards by words, as a Llama Guard writes them."""
    said = str(exchange.body["messages"])
    await exchange.json(completion("\n\nunsafe\nS9,S2" if "bomb" in said else "\n\nsafe", usage=USAGE))


def test_the_llama_sdk_reads_a_verdict(native: LlamaAPIClient, house: House) -> None:
    house.upstream.behaviour = guard
    answer = native.moderations.create(messages=ASKED)
    assert answer.model == GUARD
    (result,) = answer.results
    assert (result.flagged, result.flagged_categories) == (True, ["indiscriminate-weapons", "non-violent-crimes"])
    (result,) = native.moderations.create(messages=[{"role": "user", "content": "Hello"}], model=GUARD).results
    assert (result.flagged, result.flagged_categories) == (False, [])
    first = house.upstream.requests[0]
    assert first.path == "/v1/chat/completions"
    assert first.body == {
        "model": "meta/Llama-Guard-4", "stream": False, "messages": ASKED, "max_tokens": 100, "temperature": 0,
    }  # fmt: skip


def test_the_openai_sdk_reads_verdicts(compat: OpenAI, house: House) -> None:
    house.upstream.behaviour = guard
    answer = compat.moderations.create(input=["Hello", "a bomb"], model=GUARD)
    assert answer.id.startswith("modr-")
    safe, unsafe = answer.results
    assert (safe.flagged, unsafe.flagged) == (False, True)
    assert not any(value for value in safe.categories.model_dump().values())
    assert unsafe.categories.illicit_violent
    assert unsafe.category_scores.illicit == 1.0
    assert not unsafe.categories.hate
    (one,) = compat.moderations.create(input="Hello").results
    assert not one.flagged


def test_parts_are_one_input(compat: OpenAI, house: House) -> None:
    house.upstream.behaviour = guard
    parts = [{"type": "text", "text": "a bomb"}, {"type": "image_url", "image_url": {"url": "https://example.com/a"}}]
    (result,) = compat.moderations.create(input=parts).results  # type: ignore[arg-type]
    assert result.flagged
    assert house.upstream.requests[0].body["messages"] == [{"role": "user", "content": parts}]


def test_a_moderation_is_one_call_with_what_its_inputs_used_together(compat: OpenAI, house: House) -> None:
    house.upstream.behaviour = guard
    compat.moderations.create(input=["a", "b", "c"])
    call = house.rooms.only_call()
    assert (call.model, call.status, call.outcome) == (GUARD, 200, Outcome.COMPLETED)
    assert (call.prompt_tokens, call.cached_tokens, call.completion_tokens) == (36, 12, 15)
    assert not call.estimated


def test_an_input_that_fails_makes_those_before_it_not_free(mira: httpx.Client, house: House) -> None:
    async def choke(exchange: Exchange) -> None:
        if "poison" in str(exchange.body["messages"]):
            await exchange.json({"error": {"message": "too long"}}, 400)
        else:
            await guard(exchange)

    house.upstream.behaviour = choke
    assert mira.post(COMPAT, json={"input": ["a", "b", "poison"]}).status_code == 400
    call = house.rooms.only_call()
    assert (call.status, call.outcome) == (400, Outcome.FAILED)
    assert (call.prompt_tokens, call.completion_tokens) == (24, 10)


def test_usage_that_is_missing_is_estimated_with_the_template(mira: httpx.Client, house: House) -> None:
    house.upstream.behaviour = says(200, completion("safe"))
    mira.post(COMPAT, json={"input": ["a", "b"]})
    call = house.rooms.only_call()
    assert call.estimated
    assert 1200 < call.prompt_tokens < 1250


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (NATIVE, {}, "messages"), (NATIVE, {"messages": []}, "messages"),
        (NATIVE, {"messages": ASKED, "model": 5}, "model"),
        (COMPAT, {}, "input"), (COMPAT, {"input": []}, "input"), (COMPAT, {"input": 5}, "input"),
        (COMPAT, {"input": ["a"] * 33}, "input"), (COMPAT, {"input": "a", "model": MODEL}, "model"),
        (COMPAT, {"input": [{"type": "image_url", "image_url": {"url": "file:///etc/p"}}]}, "input[0].image_url.url"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(mira: httpx.Client, house: House, path: str, body: object, param: str) -> None:
    answer = mira.post(path, json=body)
    assert answer.status_code == 400
    told = answer.json()["detail"] if path == NATIVE else answer.json()["error"]["message"]
    assert told.startswith(f"{param}: ")
    assert not house.upstream.requests


def test_errors_arrive_as_each_sdk_s_own(native: LlamaAPIClient, compat: OpenAI, house: House) -> None:
    with pytest.raises(llama_api_client.NotFoundError):
        native.moderations.create(messages=ASKED, model="nothing")  # type: ignore[arg-type]
    with pytest.raises(openai.AuthenticationError):
        compat.with_options(api_key=OUTSIDER_KEY).moderations.create(input="a")
    house.upstream.behaviour = model_server.reset
    with pytest.raises(llama_api_client.InternalServerError):
        native.moderations.create(messages=ASKED)  # type: ignore[arg-type]


@pytest.mark.parametrize("said", ["", "perhaps", "unsafe\nbombs", "safe unsafe", "safely", "unsafe S1 and more"])
def test_a_verdict_that_makes_no_sense_lets_nothing_pass(mira: httpx.Client, house: House, said: str) -> None:
    house.upstream.behaviour = says(200, completion(said, usage=USAGE))
    assert mira.post(NATIVE, json={"messages": ASKED}).status_code == 502
    assert house.rooms.only_call().completion_tokens == 0


def test_unsafe_without_a_code_is_unsafe() -> None:
    assert of_guard("unsafe").flagged
    assert of_guard("unsafe\nS1, S99").names == ("violent-crimes", "s99")


def test_both_kinds_of_endpoints_are_read() -> None:
    openai_shaped = (
        b'{"results":[{"flagged":true,"categories":{"hate":true,"own/x":false},"category_scores":{"hate":0.9}}]}'
    )
    (verdict,), usage = of_endpoint(openai_shaped, 1)
    assert verdict == Verdict(True, ("hate",), {"hate": True, "own/x": False}, {"hate": 0.9})
    shown = verdict.as_openai()
    assert (shown["categories"]["own/x"], shown["category_scores"]["hate"], usage) == (False, 0.9, None)
    native_shaped = b'{"results":[{"flagged":true,"flagged_categories":["hate"]}],"usage":{"prompt_tokens":5}}'
    (verdict,), usage = of_endpoint(native_shaped, 1)
    assert (verdict.as_native(), usage) == ({"flagged": True, "flagged_categories": ["hate"]}, {"prompt_tokens": 5})
    for wrong in (b"{}", b"[]", b'{"results":[]}', b'{"results":[{}]}', b'{"results":[{"flagged":1}]}'):
        with pytest.raises(UpstreamError):
            of_endpoint(wrong, 1)
    with pytest.raises(UpstreamError):
        of_endpoint(native_shaped, 2)


def test_an_endpoint_is_asked_if_the_operator_says_so(
    native: LlamaAPIClient, compat: OpenAI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endpoint(exchange: Exchange) -> None:
        flagged = ["bomb" in text for text in exchange.body["input"]]
        await exchange.json({"results": [{"flagged": each, "flagged_categories": []} for each in flagged]})

    house.upstream.behaviour = endpoint
    monkeypatch.setattr(Pools, "moderates", lambda self, model, known_as: "endpoint" if model == GUARD else None)
    (result,) = native.moderations.create(messages=[*ASKED, {"role": "user", "content": "Please"}]).results
    assert result.flagged
    assert house.upstream.requests[0].path == "/v1/moderations"
    assert house.upstream.requests[0].body == {
        "model": "meta/Llama-Guard-4", "input": ["How do I build a bomb?\n\nPlease"],
    }  # fmt: skip
    assert [each.flagged for each in compat.moderations.create(input=["a", "bomb"]).results] == [False, True]


def test_what_an_endpoint_would_not_see_is_not_called_safe(
    mira: httpx.Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endpoint(exchange: Exchange) -> None:
        flagged = ["bomb" in text for text in exchange.body["input"]]
        await exchange.json({"results": [{"flagged": each, "flagged_categories": []} for each in flagged]})

    house.upstream.behaviour = endpoint
    monkeypatch.setattr(Pools, "moderates", lambda self, model, known_as: "endpoint" if model == GUARD else None)
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a"}}
    for model, status in ((GUARD, 400), (None, 404)):
        answer = mira.post(COMPAT, json={"input": [{"type": "text", "text": "a"}, image], "model": model})
        assert answer.status_code == status
    assert not house.upstream.requests
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"make": "a bomb"}'}}
    (result,) = mira.post(NATIVE, json={"messages": [{"role": "assistant", "tool_calls": [call]}]}).json()["results"]
    assert result["flagged"]


def test_what_moderates_stands_in_the_operator_s_file() -> None:
    offers = {"a": Offer("a"), "b": Offer("b", "endpoint")}
    pools = Pools([ModelServer("s", "http://127.0.0.1:1", models=offers)], OwnClient)
    assert [pools.moderates(model, model) for model in ("a", "b", "c")] == [None, "endpoint", None]
