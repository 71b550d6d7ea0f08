"""Every parameter that the SDKs' types know has its place here: a release of theirs that knows more fails this test."""

from typing import Any, get_type_hints

import httpx
import pytest
from llama_api_client.types import moderation_create_params as native_moderation
from llama_api_client.types.chat import completion_create_params as native_chat
from openai.types import moderation_create_params as compat_moderation
from openai.types.chat import completion_create_params as compat_chat

from tests.gateway.conftest import House
from tests.gateway.fakes import question

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": True}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
MODELLED = {"messages", "model", "stream", "stream_options"}  # tested elsewhere

NATIVE_FORWARDED: dict[str, Any] = {
    "max_completion_tokens": 7, "repetition_penalty": 1.1, "response_format": FORMAT, "temperature": 0.5,
    "tool_choice": "auto", "tools": [TOOL], "top_k": 40, "top_p": 0.9, "user": "u-1",
}  # fmt: skip
COMPAT_FORWARDED: dict[str, Any] = {
    "frequency_penalty": 0.1, "logit_bias": {"5": 1}, "logprobs": True, "max_completion_tokens": 7, "max_tokens": 7,
    "parallel_tool_calls": False, "presence_penalty": 0.1, "reasoning_effort": "low", "response_format": FORMAT,
    "seed": 7, "stop": ["x"], "temperature": 0.5, "tool_choice": "auto", "tools": [TOOL], "top_logprobs": 2,
    "top_p": 0.9, "user": "u-1",
}  # fmt: skip
# Knobs of OpenAI's own service, and its older names for tools: servers of Llama models know none of them.
COMPAT_DROPPED: dict[str, Any] = {
    "audio": {"format": "wav", "voice": "x"}, "function_call": "auto", "functions": [], "metadata": {"a": "b"},
    "modalities": ["text"], "moderation": {}, "prediction": {"type": "content", "content": ""}, "prompt_cache_key": "k",
    "prompt_cache_options": {}, "prompt_cache_retention": "24h", "safety_identifier": "s", "service_tier": "auto",
    "store": True, "verbosity": "low", "web_search_options": {},
}  # fmt: skip
COMPAT_ONE_ALONE = {"n"}  # one answer; more are refused


def parameters(*kinds: Any) -> set[str]:
    return {name for kind in kinds for name in get_type_hints(kind)}


def test_every_parameter_of_the_llama_sdk_has_its_place() -> None:
    known = parameters(
        native_chat.CompletionCreateParamsBase, native_chat.CompletionCreateParamsStreaming,
        native_chat.CompletionCreateParamsNonStreaming,
    )  # fmt: skip
    assert known == NATIVE_FORWARDED.keys() | MODELLED - {"stream_options"}
    assert parameters(native_moderation.ModerationCreateParams) == {"messages", "model"}


def test_every_parameter_of_the_openai_sdk_has_its_place() -> None:
    known = parameters(
        compat_chat.CompletionCreateParamsBase, compat_chat.CompletionCreateParamsStreaming,
        compat_chat.CompletionCreateParamsNonStreaming,
    )  # fmt: skip
    assert known == COMPAT_FORWARDED.keys() | COMPAT_DROPPED.keys() | MODELLED | COMPAT_ONE_ALONE
    assert parameters(compat_moderation.ModerationCreateParams) == {"input", "model"}


@pytest.mark.parametrize(
    ("path", "name"), [(NATIVE, n) for n in NATIVE_FORWARDED] + [(COMPAT, n) for n in COMPAT_FORWARDED]
)
def test_what_servers_know_is_passed_on(mira: httpx.Client, house: House, path: str, name: str) -> None:
    value = (NATIVE_FORWARDED if path == NATIVE else COMPAT_FORWARDED)[name]
    assert mira.post(path, json=question(**{name: value})).status_code == 200
    (request,) = house.upstream.requests
    theirs = "max_tokens" if name == "max_completion_tokens" else name
    assert request.body[theirs] == value
    assert request.body.keys() == {"messages", "model", "stream", theirs}


@pytest.mark.parametrize("name", COMPAT_DROPPED)
def test_what_only_openai_s_own_service_knows_has_no_effect(mira: httpx.Client, house: House, name: str) -> None:
    assert mira.post(COMPAT, json=question(**{name: COMPAT_DROPPED[name]})).status_code == 200
    assert house.upstream.requests[0].body.keys() == {"messages", "model", "stream"}
