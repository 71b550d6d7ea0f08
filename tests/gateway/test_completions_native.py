"""The Llama API's own shape, through its own SDK, unchanged."""

import httpx
import llama_api_client
import pytest
from llama_api_client import LlamaAPIClient

from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import GUARD, MEMBER_KEY, MODEL, question
from tests.gateway.upstream import says

ASKED = [{"role": "user", "content": "Where is the Louvre?"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture
def sdk(house: House) -> LlamaAPIClient:
    return LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1", max_retries=0)


def test_the_sdk_reads_a_whole_answer(sdk: LlamaAPIClient) -> None:
    answer = sdk.chat.completions.create(model=MODEL, messages=ASKED)
    assert answer.completion_message.role == "assistant"
    assert answer.completion_message.content.text == "Bonjour, Paris!"
    assert answer.completion_message.stop_reason == "stop"
    assert {metric.metric: metric.value for metric in answer.metrics} == {
        "num_completion_tokens": 5, "num_prompt_tokens": 12, "num_total_tokens": 17,
    }  # fmt: skip


def test_the_sdk_reads_a_stream(sdk: LlamaAPIClient) -> None:
    events = [chunk.event for chunk in sdk.chat.completions.create(model=MODEL, messages=ASKED, stream=True)]
    assert [event.event_type for event in events] == ["start", *["progress"] * 4, "complete", "metrics"]
    assert "".join(event.delta.text for event in events) == "Bonjour, Paris!"
    assert [event.stop_reason for event in events][-2:] == ["stop", None]
    assert events[-1].metrics[1].metric == "num_prompt_tokens"
    assert events[-1].metrics[1].value == 12


def test_the_sdk_reads_a_tool_call(sdk: LlamaAPIClient, house: House) -> None:
    house.upstream.behaviour = model_server.call_tools
    message = sdk.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL]).completion_message
    assert message.stop_reason == "tool_calls"
    (call,) = message.tool_calls
    assert (call.id, call.function.name, call.function.arguments) == ("call_1", "weather", '{"city":"Paris"}')


def test_the_sdk_reads_a_streamed_tool_call(sdk: LlamaAPIClient, house: House) -> None:
    house.upstream.behaviour = model_server.call_tools
    chunks = list(sdk.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL], stream=True))
    calls = [chunk.event.delta for chunk in chunks if chunk.event.delta.type == "tool_call"]
    assert (calls[0].id, calls[0].function.name) == ("call_1", "weather")
    assert "".join(call.function.arguments or "" for call in calls) == '{"city":"Paris"}'
    assert chunks[-2].event.stop_reason == "tool_calls"


def test_an_answer_can_be_sent_back_as_it_came(sdk: LlamaAPIClient, house: House) -> None:
    house.upstream.behaviour = model_server.call_tools
    message = sdk.chat.completions.create(model=MODEL, messages=ASKED, tools=[TOOL]).completion_message
    result = {"role": "tool", "tool_call_id": "call_1", "content": "Sunny"}
    sdk.chat.completions.create(model=MODEL, messages=[*ASKED, message.model_dump(), result], tools=[TOOL])
    said = house.upstream.requests[-1].body["messages"][1]
    assert said["content"] == ""
    assert said["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Paris"}'}}
    ]
    assert "stop_reason" not in said


def test_the_upstream_is_asked_in_openai_shape(sdk: LlamaAPIClient, house: House) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    sdk.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}],
        max_completion_tokens=7, temperature=0.5, top_p=0.9, top_k=40, repetition_penalty=1.1, user="u-1",
        tools=[TOOL], tool_choice="auto",
        response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
    )  # fmt: skip
    asked = house.upstream.requests[0].body
    assert asked == {
        "model": "smollm2", "stream": False, "max_tokens": 7, "temperature": 0.5, "top_p": 0.9, "top_k": 40,
        "repetition_penalty": 1.1, "user": "u-1", "tools": [TOOL], "tool_choice": "auto",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
    }  # fmt: skip


def test_an_unknown_parameter_is_dropped(mira: httpx.Client, house: House) -> None:
    assert mira.post("/v1/chat/completions", json=question(api_base="http://evil", seed=1)).status_code == 200
    assert set(house.upstream.requests[0].body) == {"messages", "model", "stream"}


def test_the_sdk_raises_its_own_errors(sdk: LlamaAPIClient, house: House) -> None:
    with pytest.raises(llama_api_client.NotFoundError) as missing:
        sdk.chat.completions.create(model="no such model", messages=ASKED)
    assert missing.value.body == {"title": "Not Found", "detail": "The model does not exist.", "status": 404}
    house.upstream.behaviour = says(429, {}, retry_after="7")
    with pytest.raises(llama_api_client.RateLimitError) as busy:
        sdk.chat.completions.create(model=MODEL, messages=ASKED)
    assert busy.value.response.headers["retry-after"] == "7"


def test_the_sdk_lists_models(sdk: LlamaAPIClient) -> None:
    assert [model.id for model in sdk.models.list()] == [MODEL, "meta/llama with slash", GUARD]
    assert sdk.models.retrieve(MODEL).owned_by == "Meta"
    with pytest.raises(llama_api_client.NotFoundError):
        sdk.models.retrieve("no such model")
