"""OpenAI's shape, through the openai package, unchanged."""

import json

import httpx
import openai
import pytest
from openai import OpenAI

from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import GUARD, MEMBER_KEY, MODEL, question
from tests.gateway.upstream import USAGE, answers

ASKED = [{"role": "user", "content": "Where is the Louvre?"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
PATH = "/compat/v1/chat/completions"


@pytest.fixture
def sdk(house: House) -> OpenAI:
    return OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1", max_retries=0)


def test_the_sdk_reads_a_whole_answer(sdk: OpenAI) -> None:
    answer = sdk.chat.completions.create(model=MODEL, messages=ASKED)
    assert answer.choices[0].message.content == "Bonjour, Paris!"
    assert answer.model == MODEL
    assert answer.id == f"chatcmpl-{answer._request_id}"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (12, 5)


def test_the_sdk_reads_a_stream(sdk: OpenAI) -> None:
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=ASKED, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Bonjour, Paris!"
    assert {chunk.model for chunk in chunks} == {MODEL}
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_usage_ends_a_stream_when_it_was_asked_for(sdk: OpenAI) -> None:
    options = {"include_usage": True}
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=ASKED, stream=True, stream_options=options))
    assert [bool(chunk.usage) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens == 17


def test_usage_is_added_when_the_upstream_sends_none(sdk: OpenAI, house: House) -> None:
    house.upstream.behaviour = answers(None)
    assert sdk.chat.completions.create(model=MODEL, messages=ASKED).usage.total_tokens > 0
    options = {"include_usage": True}
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=ASKED, stream=True, stream_options=options))
    assert chunks[-1].usage.completion_tokens == 4


def test_the_sdk_reads_tool_calls(sdk: OpenAI, house: House) -> None:
    house.upstream.behaviour = model_server.call_tools
    (call,) = sdk.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL]).choices[0].message.tool_calls
    assert call.function.arguments == '{"city":"Paris"}'
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL], stream=True))
    pieces = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
    assert pieces[0].id == "call_1"
    assert "".join(piece.function.arguments for piece in pieces) == '{"city":"Paris"}'
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_a_stream_ends_with_done(mira: httpx.Client) -> None:
    response = mira.post(PATH, json=question(stream=True))
    assert response.text.endswith("\n\ndata: [DONE]\n\n")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["x-request-id"]


def test_known_parameters_are_forwarded_and_nothing_else(mira: httpx.Client, house: House) -> None:
    evil = {
        "api_base": "http://evil", "base_url": "http://evil", "api_key": "k", "custom_llm_provider": "x",
        "headers": {"a": "b"}, "extra_headers": {"a": "b"}, "extra_body": {"model": "b"}, "store": True,
        "bootstrap_host": "169.254.169.254", "lora_path": "/etc", "rid": "other", "n_cmpl": 8, "best_of": 8,
        "n_predict": 10**6, "ignore_eos": True, "custom_logit_processor": "os.system", "prompt_logprobs": 1000,
    }  # fmt: skip
    asked = question(seed=7, logit_bias={"5": 1}, stop=["x"], n=1, max_completion_tokens=9, **evil)
    assert mira.post(PATH, json=asked, headers={"x-evil": "1", "cookie": "a=b"}).status_code == 200
    (request,) = house.upstream.requests
    assert request.body == {
        "messages": asked["messages"], "model": "smollm2", "stream": False,
        "seed": 7, "logit_bias": {"5": 1}, "stop": ["x"], "max_tokens": 9,
    }  # fmt: skip
    assert request.headers["authorization"] == "Bearer upstream-key"
    assert not {"x-evil", "cookie"} & set(request.headers)


def test_members_that_nobody_checked_do_not_reach_the_upstream(mira: httpx.Client, house: House) -> None:
    part = {"type": "text", "text": "hi", "video_url": "file:///etc/passwd"}
    mira.post(PATH, json=question(messages=[{"role": "user", "content": [part], "name": "ann", "x": 1}]))
    (request,) = house.upstream.requests
    message = {"role": "user", "content": [{"type": "text", "text": "hi"}], "name": "ann"}
    assert request.body["messages"] == [message]


def test_what_the_upstream_adds_passes_through(mira: httpx.Client, house: House) -> None:
    whole = model_server.completion(usage={**USAGE, "extra": 1}, system_fingerprint="fp")
    whole["choices"][0]["message"]["reasoning_content"] = "because"
    house.upstream.behaviour = lambda exchange: exchange.json(whole)
    shown = mira.post(PATH, json=question()).json()
    assert shown["system_fingerprint"] == "fp"
    assert shown["usage"] == {**USAGE, "extra": 1}
    assert shown["choices"] == whole["choices"]


def test_errors_read_like_openai_s(sdk: OpenAI, mira: httpx.Client) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        sdk.chat.completions.create(model="no such model", messages=ASKED)
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.AuthenticationError) as refused:
        sdk.with_options(api_key="wrong").models.list()
    assert refused.value.code == "invalid_api_key"
    with pytest.raises(openai.BadRequestError) as wrong:
        sdk.chat.completions.create(model=MODEL, messages=ASKED, max_tokens=0)
    assert wrong.value.param == "max_tokens"
    assert json.loads(mira.get("/compat/nothing").text)["error"]["type"] == "invalid_request_error"


def test_the_sdk_lists_models(sdk: OpenAI) -> None:
    assert [model.id for model in sdk.models.list()] == [MODEL, "meta/llama with slash", GUARD]
    assert sdk.models.retrieve(MODEL).created == 1_700_000_000
