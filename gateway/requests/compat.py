"""Requests in OpenAI's shape: what matters is checked, the rest is forwarded as it came."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

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

# Parameters that would choose another server, key or template, let a caller jump the queue, or have
# the upstream keep the content. Other gateways honoured some of them and leaked the provider's key.
_WITHOUT_EFFECT = frozenset({
    "api_base", "api_key", "api_type", "api_version", "base_url", "cache_salt", "chat_template",
    "custom_llm_provider", "deployment_id", "extra_body", "extra_headers", "extra_query", "fallbacks", "headers",
    "kv_transfer_params", "mock_response", "model_list", "num_retries", "organization", "priority", "provider",
    "request_id", "route", "router", "routing", "store", "timeout",
})  # fmt: skip
_DECIDED_HERE = {"model", "stream", "stream_options", "max_completion_tokens"}


class DeveloperMessage(Struct, tag_field="role", tag="developer"):
    content: Text


class RefusalPart(Struct, tag_field="type", tag="refusal"):
    refusal: str


class AssistantMessage(Struct, tag_field="role", tag="assistant"):
    content: str | list[TextPart | RefusalPart] | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None

    def __post_init__(self) -> None:
        if self.content is None and self.refusal is None and not self.tool_calls:
            raise ValueError("An assistant message needs `content` or `tool_calls`")


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
    user: str | None = None


def parse(body: bytes) -> Question:
    """Return the validated question, or raise a 400."""
    given = decode(body)
    request = convert(given, CompatRequest)
    asked = {name: value for name, value in given.items() if name not in _WITHOUT_EFFECT | _DECIDED_HERE}
    if request.max_completion_tokens is not None:
        asked["max_tokens"] = request.max_completion_tokens  # llama-cpp-python knows the older name only
    options = request.stream_options
    wants_usage = bool(options and options.include_usage)
    return Question(model=request.model, stream=bool(request.stream), wants_usage=wants_usage, body=asked)
