"""OpenAI's own client against the built-in model: whole, streamed, tools, JSON, and refusals."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from dev.model import sample, tokens
from dev.model.usage import BLOCK, PRIMING

MODEL = "Llama-3.3-8B-Instruct"
GUARD = "Llama-Guard-4-12B"
ASK: list[Any] = [
    {"role": "system", "content": "You are a very patient assistant who answers in one short sentence, always."},
    {"role": "user", "content": "What is the capital of France?"},
]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
            "required": ["city", "unit"],
        },
    },
}


@pytest.fixture(scope="session")
def client(model_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=model_url, api_key="none", max_retries=0) as made:
        yield made


def whole(client: openai.OpenAI, **options: Any) -> Any:
    return client.chat.completions.create(**{"model": MODEL, "messages": ASK, **options})


def streamed(client: openai.OpenAI, **options: Any) -> list[Any]:
    asked = {"model": MODEL, "messages": ASK, "stream": True, "stream_options": {"include_usage": True}, **options}
    return list(client.chat.completions.create(**asked))


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def counts(usage: Any) -> tuple[int, int, int]:
    return usage.prompt_tokens, usage.completion_tokens, usage.total_tokens


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    models = {model.id: model for model in client.models.list()}
    assert len(models) == 5
    assert models[MODEL].owned_by == "Meta"
    assert client.models.retrieve(MODEL).id == MODEL


def test_the_answer_says_what_it_is_and_is_always_the_same(client: openai.OpenAI) -> None:
    first, second = whole(client), whole(client)
    assert "built-in development model" in first.choices[0].message.content
    assert "6 words" in first.choices[0].message.content
    assert first.choices[0].message.content == second.choices[0].message.content
    assert first.choices[0].finish_reason == "stop"


def test_a_stream_says_the_same_with_the_same_usage(client: openai.OpenAI) -> None:
    answer, chunks = whole(client), streamed(client)
    assert text_of(chunks) == answer.choices[0].message.content
    assert counts(chunks[-1].usage) == counts(answer.usage)
    assert chunks[-2].choices[0].finish_reason == "stop"
    # One token a chunk: between the role before and the reason and the usage after them.
    assert len(chunks) == answer.usage.completion_tokens + 3


def test_a_stream_has_no_usage_unless_asked(client: openai.OpenAI) -> None:
    assert all(chunk.usage is None for chunk in streamed(client, stream_options=None))


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_limit_is_honoured(client: openai.OpenAI, name: str) -> None:
    answer, chunks = whole(client, **{name: 5}), streamed(client, **{name: 5})
    assert answer.choices[0].finish_reason == chunks[-2].choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == chunks[-1].usage.completion_tokens == 5
    assert tokens.count(answer.choices[0].message.content) == 5


def test_a_stop_sequence_ends_the_answer_before_it(client: openai.OpenAI) -> None:
    asked = [{"role": "user", "content": "Please count to 20"}]
    answer = whole(client, messages=asked, stop=[", 9", ", 4"])
    assert answer.choices[0].message.content == "1, 2, 3"
    assert answer.choices[0].finish_reason == "stop"


def test_a_prompt_seen_before_is_counted_as_cached(client: openai.OpenAI) -> None:
    whole(client, messages=[{"role": "user", "content": "Something else"}])
    first, second = whole(client).usage, whole(client).usage
    assert first.prompt_tokens_details.cached_tokens == 0
    assert second.prompt_tokens_details.cached_tokens == (second.prompt_tokens - PRIMING) // BLOCK * BLOCK > 0
    assert counts(first) == counts(second)


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "get_weather"}}])
def test_a_tool_is_called_when_it_must_be(client: openai.OpenAI, choice: Any) -> None:
    answer = whole(client, tools=[WEATHER], tool_choice=choice)
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls"
    assert answer.choices[0].message.content is None
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "sample", "unit": "celsius"}


def test_a_tool_call_streams_to_the_same_arguments_and_usage(client: openai.OpenAI) -> None:
    answer = whole(client, tools=[WEATHER], tool_choice="required")
    chunks = streamed(client, tools=[WEATHER], tool_choice="required")
    deltas = [
        chunk.choices[0].delta.tool_calls[0] for chunk in chunks if chunk.choices and chunk.choices[0].delta.tool_calls
    ]
    assert deltas[0].function.name == "get_weather"
    assert deltas[0].id
    arguments = "".join(delta.function.arguments for delta in deltas)
    assert arguments == answer.choices[0].message.tool_calls[0].function.arguments
    assert counts(chunks[-1].usage) == counts(answer.usage)


def test_a_tool_is_called_when_its_name_is_said_and_only_then(client: openai.OpenAI) -> None:
    said = [{"role": "user", "content": "Use get_weather for Paris"}]
    assert whole(client, messages=said, tools=[WEATHER]).choices[0].message.tool_calls
    assert not whole(client, tools=[WEATHER]).choices[0].message.tool_calls
    assert not whole(client, messages=said, tools=[WEATHER], tool_choice="none").choices[0].message.tool_calls


def test_a_tools_result_is_answered_in_words(client: openai.OpenAI) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    talk = [
        {"role": "user", "content": "Use get_weather for Paris"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "20 degrees"},
    ]
    assert whole(client, messages=talk, tools=[WEATHER]).choices[0].message.content


def test_json_that_fits_the_schema_is_answered(client: openai.OpenAI) -> None:
    schema = {
        "$defs": {"step": {"type": "object", "properties": {"minutes": {"type": "integer", "minimum": 5}}}},
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 10},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 2},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        },
        "required": ["title", "steps", "note"],
    }
    form: Any = {"type": "json_schema", "json_schema": {"name": "recipe", "schema": schema}}
    said = json.loads(whole(client, response_format=form).choices[0].message.content)
    assert said == {"title": "sample....", "steps": [{"minutes": 5}, {"minutes": 5}], "note": None}
    assert json.loads(text_of(streamed(client, response_format=form))) == said


def test_a_schema_without_an_end_is_refused() -> None:
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    for schema in (endless, {"$ref": "#"}, {"$ref": "#/nothing"}):
        with pytest.raises(sample.SchemaError):
            sample.build(schema)


def test_an_image_counts_and_its_bytes_do_not(client: openai.OpenAI) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 10_000}}
    asked = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]}]
    assert 256 < whole(client, messages=asked).usage.prompt_tokens < 300


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"messages": []}, "$.messages"),
        ({"messages": [{"role": "king", "content": "x"}]}, "king"),
        ({"messages": [{"role": "user", "content": 7}]}, "$.messages[0].content"),
        ({"max_tokens": 0}, "$.max_tokens"),
        ({"temperature": 9}, "$.temperature"),
        ({"tool_choice": "required"}, "tool_choice needs tools"),
        ({"messages": [{"role": "user", "content": "word " * 140_000}]}, "the context holds 131072"),
    ],
)
def test_a_wrong_request_is_refused_with_the_reason(client: openai.OpenAI, options: Any, words: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        whole(client, **options)
    assert words in refused.value.body["message"]  # type: ignore[index, call-overload]


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        whole(client, model="gpt-4")
    assert refused.value.code == "model_not_found"


@pytest.mark.parametrize("text", ["", "one", "Hello, world!  Two\n\nlines…", "x" * 100, "日本語 テスト 🙂", "   "])
def test_tokens_joined_again_are_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text


def test_a_guard_answers_as_a_chat_and_as_an_endpoint(client: openai.OpenAI) -> None:
    def asked(text: str) -> str:
        answer = client.chat.completions.create(model=GUARD, messages=[{"role": "user", "content": text}])
        return str(answer.choices[0].message.content)

    assert asked("How do I build a bomb?") == "unsafe\nS9"
    assert asked("How do I build a house?") == "safe"
    answer = client.moderations.create(input=["a bomb", "a house"], model=GUARD)
    assert [each.flagged for each in answer.results] == [True, False]
