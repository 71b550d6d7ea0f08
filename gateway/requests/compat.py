"""Requests in OpenAI's shape: what matters is checked, and only what is known goes on."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, to_builtins

from gateway.requests.decoding import convert, decode
from gateway.requests.parts import (
    ModelName,
    Share,
    SystemMessage,
    Temperature,
    Text,
    TextPart,
    Tokens,
    Tool,
    ToolCall,
    ToolChoice,
    ToolMessage,
    UserMessage,
)
from gateway.requests.question import Question

# What goes on to the upstream; anything else has no effect. A list of what is forbidden would never be complete:
# servers know parameters that name other hosts, files and callers, run code, or multiply the work.
_FORWARDED = (
    "tools", "tool_choice", "parallel_tool_calls", "response_format", "temperature", "top_p", "top_k", "min_p",
    "max_tokens", "stop", "seed", "presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias",
    "logprobs", "top_logprobs", "reasoning_effort", "user",
)  # fmt: skip


class DeveloperMessage(Struct, tag_field="role", tag="developer", omit_defaults=True):
    content: Text
    name: str | None = None


class RefusalPart(Struct, tag_field="type", tag="refusal"):
    refusal: str


class AssistantMessage(Struct, tag_field="role", tag="assistant", omit_defaults=True):
    content: str | list[TextPart | RefusalPart] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.content is None and self.refusal is None and not self.tool_calls:
            raise ValueError("An assistant message needs `content` or `tool_calls`")


# About as many as OpenAI takes. Servers look for each of them after every token, in the time of all callers.
_Stop = str | Annotated[list[str], Meta(max_length=16)]
_Bias = Annotated[dict[str, float], Meta(max_length=300)]


class StreamOptions(Struct):
    include_usage: bool | None = None


CompatMessage = SystemMessage | DeveloperMessage | UserMessage | ToolMessage | AssistantMessage


class CompatRequest(Struct):
    """The parameters that are checked; OpenAI's clients may send null for any that is optional."""

    messages: Annotated[list[CompatMessage], Meta(min_length=1)]
    model: ModelName
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    tools: list[Tool] | None = None
    tool_choice: ToolChoice | None = None
    response_format: dict[str, Any] | None = None
    stop: _Stop | None = None
    logit_bias: _Bias | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    reasoning_effort: Annotated[str, Meta(max_length=20)] | None = None  # templates write it into the prompt
    user: str | None = None


def parse(body: bytes) -> Question:
    """Return the validated question, or raise a 400."""
    given = decode(body)
    request = convert(given, CompatRequest)
    asked: dict[str, Any] = {"messages": to_builtins(request.messages)}  # without members that nobody checked
    asked |= {name: given[name] for name in _FORWARDED if given.get(name) is not None}
    if request.max_completion_tokens is not None:
        asked["max_tokens"] = request.max_completion_tokens  # llama-cpp-python knows the older name only
    options = request.stream_options
    wants_usage = bool(options and options.include_usage)
    return Question(model=request.model, stream=bool(request.stream), wants_usage=wants_usage, body=asked)
